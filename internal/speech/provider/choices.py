"""Understands which of several phrases is said, with pocketsphinx 5.

Reads requests from standard input and answers each with a line on standard
output. A request is a line of JSON, {"phrases": [...], "bytes": n}, and n bytes
of samples: 16 kHz, 16 bits, little-endian, mono. The answer is a line of JSON:
the words of the phrase with their first and last frame (of 10 ms), and "lead",
the difference for each frame between the score of these words and that of a loop
of phones, which makes something of anything. It is {"unknown": true} if none of
the phrases has only words that the dictionary has.
"""
import sys

sys.path = [place for place in sys.path if place]  # not the directory that the server runs in

import json
import os
import re

from pocketsphinx import Decoder, get_model_path

model = os.path.join(get_model_path(), "en-us")
common = dict(hmm=os.path.join(model, "en-us"), dict=os.path.join(model, "cmudict-en-us.dict"), lm=None, loglevel="FATAL", samprate=16000)
words = Decoder(**common)
phones = Decoder(**common)
phones.add_allphone_file("phones", None)
phones.activate_search("phones")


def run(decoder, sound):
    decoder.start_utt()
    decoder.process_raw(sound, no_search=False, full_utt=True)
    decoder.end_utt()
    return decoder.hyp()


def known(phrase):
    """Returns the words of a phrase; none if the dictionary lacks one of them."""
    parts = re.sub(r"[.,;:!?\"()-]", " ", phrase.lower()).split()
    if all(re.fullmatch(r"[a-z']+", part) and words.lookup_word(part) for part in parts):
        return " ".join(parts)
    return ""


def understand(phrases, sound):
    grammar = {known(phrase) for phrase in phrases} - {""}
    if not grammar:
        return {"unknown": True}
    words.add_jsgf_string("choices", "#JSGF V1.0; grammar choices; public <choice> = %s ;" % " | ".join(sorted(grammar)))
    words.activate_search("choices")
    said = run(words, sound)
    segments = [seg for seg in words.seg() if re.match(r"[a-z']", seg.word)] if said else []
    text = [re.sub(r"\(\d+\)$", "", seg.word) for seg in segments]
    if " ".join(text) not in grammar:  # nothing, or the beginning of a phrase
        return {"words": []}
    lead = said.best_score - run(phones, sound).best_score
    return {
        "words": [{"word": word, "start": seg.start_frame, "end": seg.end_frame} for word, seg in zip(text, segments)],
        "lead": lead / max(1, words.n_frames()),
    }


while line := sys.stdin.buffer.readline():
    request = json.loads(line)
    sound = sys.stdin.buffer.read(request["bytes"])
    if len(sound) < request["bytes"]:
        break
    print(json.dumps(understand(request["phrases"], sound)), flush=True)
