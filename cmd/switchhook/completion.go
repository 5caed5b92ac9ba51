package main

import "io"

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"The shell: bash, zsh or fish."`
}

// Help ends the command's help.
func (completionCommand) Help() string {
	return `The script asks the program what may come next, so that a new version needs no new script.

Example:
  source <(switchhook completion bash)                                      # in ~/.bashrc
  source <(switchhook completion zsh)                                       # in ~/.zshrc, after compinit
  switchhook completion fish > ~/.config/fish/completions/switchhook.fish`
}

func (c completionCommand) Run(a *app) error {
	_, err := io.WriteString(a.out, completionScripts[c.Shell])
	return err
}

// completionScripts ask complete, with the words up to the cursor. Where nothing is known to come,
// the shell completes the names of files.
var completionScripts = map[string]string{
	"bash": `_switchhook() {
	local IFS=$'\n'
	COMPREPLY=($("$1" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1))
}
complete -o default -F _switchhook switchhook
`,
	"zsh": `#compdef switchhook
_switchhook() {
	local -a found
	found=("${(@f)$("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null | cut -f1)}")
	if [[ -n "$found" ]]; then compadd -a found; else _files; fi
}
if [[ "${funcstack[1]}" = _switchhook ]]; then _switchhook; else compdef _switchhook switchhook; fi
`,
	"fish": `function __switchhook_complete
	set -l words (commandline -opc) (commandline -ct)
	set -l found ($words[1] complete -- $words[2..] 2>/dev/null)
	if set -q found[1]
		printf '%s\n' $found
	else
		__fish_complete_path (commandline -ct)
	end
end
complete -c switchhook -f -a '(__switchhook_complete)'
`,
}
