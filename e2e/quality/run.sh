#!/usr/bin/env bash
# Sends speech over lossy networks and prints how it sounds, as the table of
# docs/sound.md. Its measures are installed in a folder of their own, which is removed.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/sounds"
espeak-ng -v en-us -w "$work/sounds/speech.wav" "Welcome to the bank. Your call is important to us. For your account balance, press one. \
For cards and payments, press two. To speak to somebody, stay on the line, or say agent."
prompt=/usr/share/asterisk/sounds/en_US_f_Allison/demo-congrats.g722 # asterisk-core-sounds-en-g722
if [ -f "$prompt" ]; then cp "$prompt" "$work/sounds/prompt.g722"; fi
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check numpy scipy pesq==0.0.4 pystoi==0.4.1 speechmos==0.0.1.1 onnxruntime librosa
overLossyNetworks() { go test -count=1 ./internal/rtp -run TestSoundForMeasures -sound-quality "$1" >/dev/null; }
throughStreams() { mkdir -p "$3" && go test -count=1 ./internal/streaming -run TestSoundForMeasures "$1" "$2" -sound-out "$3" >/dev/null; }
overLossyNetworks "$work/sounds"
throughStreams -sound-said "$work/sounds" "$work/said"
overLossyNetworks "$work/said"
throughStreams -sound-heard "$work/sounds/heard" "$work/told/heard"
rate() { "$work/venv/bin/python" e2e/quality/measure.py "$1" "$work/sounds"; }
echo "Prompts, synthesised speech, and what people say to each other:" && rate "$work/sounds"
echo "What an application says to a stream, at a phone:" && rate "$work/said"
echo "What a phone says, as a stream tells it to an application:" && rate "$work/told"
