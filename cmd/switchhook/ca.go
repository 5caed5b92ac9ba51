package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/doctor"
)

type caCommand struct {
	Export string `placeholder:"FILE" help:"Write the certificate to a file."`
	Env    bool   `help:"Print the settings by which Node, Python, Java and .NET trust the certificate."`
}

// Help ends the command's help.
func (caCommand) Help() string {
	return `Without a flag it prints the certificate as PEM. The server must have run once.

Example:
  eval "$(switchhook ca --env)"`
}

func (c caCommand) Run(a *app) error {
	cfg, err := a.config()
	if err != nil {
		return err
	}
	name := filepath.Join(cfg.Data, datadir.AuthorityFile)
	text, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s does not exist: the first start of the server creates it; choose the directory of the server with --data", name)
	}
	if err != nil {
		return err
	}
	if c.Export != "" {
		if err := datadir.WriteFile(c.Export, text, 0o644); err != nil {
			return err
		}
		name = c.Export
	}
	if c.Env {
		return printTrust(a.out, name)
	}
	if c.Export == "" {
		_, err = a.out.Write(text)
	}
	return err
}

// printTrust prints lines for a shell. Node adds the file to what it trusts;
// the others take it in place of theirs, which the comments say.
func printTrust(w io.Writer, file string) error {
	absolute, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	name, dir := doctor.Quote(absolute), doctor.Quote(filepath.Dir(absolute))
	_, err = fmt.Fprintf(w, `# Node, beside its own list
export NODE_EXTRA_CA_CERTS=%[1]s
# Python and curl, in place of the system's list
export REQUESTS_CA_BUNDLE=%[1]s
export SSL_CERT_FILE=%[1]s
export CURL_CA_BUNDLE=%[1]s
# .NET on Linux and Go, every certificate in these directories
export SSL_CERT_DIR=%[2]s:/etc/ssl/certs
# Java: import it once, then run java with -Djavax.net.ssl.trustStore=switchhook.p12 -Djavax.net.ssl.trustStorePassword=changeit
#   keytool -importcert -noprompt -alias switchhook -file %[1]s -keystore switchhook.p12 -storetype PKCS12 -storepass changeit
`, name, dir)
	return err
}
