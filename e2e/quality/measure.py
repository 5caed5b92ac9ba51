"""Rates what TestSoundForMeasures has written, and prints a table in Markdown.

PESQ (P.862, narrowband and wideband), STOI and, where speechmos is installed, PLCMOS
(no reference needed). The packages are tools of this measurement alone: nothing of the
product or of its build needs them.

    python measure.py FOLDER SAID

FOLDER/heard has what was heard, SAID what was said, before any of the path.
"""

import sys
import wave
from pathlib import Path

import numpy as np
from pesq import pesq
from pystoi import stoi
from scipy.signal import correlate, resample_poly

try:
    from speechmos import plcmos
except ImportError:
    plcmos = None

RATE = 16000


def read(path):
    with wave.open(str(path)) as file:
        assert file.getframerate() == RATE, path
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.float64) / 32768


def aligned(said, heard):
    """Cuts both to the same moment: the path delays."""
    lag = max(0, int(np.argmax(correlate(heard, said, mode="full", method="fft"))) - len(said) + 1)
    n = min(len(said), len(heard) - lag)
    return said[:n], heard[lag : lag + n]


def rate(said, heard):
    said, heard = aligned(said, heard)
    narrow = [resample_poly(x, 1, 2) for x in (said, heard)]
    return {
        "PESQ nb": pesq(8000, narrow[0], narrow[1], "nb"),
        "PESQ wb": pesq(RATE, said, heard, "wb"),
        "STOI": stoi(said, heard, RATE),
        "PLCMOS": plcmos.run(heard, RATE)["plcmos"] if plcmos else float("nan"),
    }


def main(folder, originals):
    rows = {}
    for path in sorted((folder / "heard").glob("*.wav")):
        sound, codec, kind, loss = path.stem.rsplit("_", 3)
        rows[sound, codec, kind, float(loss)] = rate(read(originals / f"{sound}.wav"), read(path))
    print("| sound | codec | loss | PESQ nb / wb | STOI | PLCMOS |\n|---|---|---|---|---|---|")
    for (sound, codec, kind, loss), r in sorted(rows.items(), key=lambda row: (row[0][0], row[0][1], row[0][3], row[0][2])):
        lost = f"{loss:g} %" + (f" {kind}" if loss else "")
        print(f"| {sound} | {codec} | {lost} | {r['PESQ nb']:.2f} / {r['PESQ wb']:.2f} | {r['STOI']:.2f} | {r['PLCMOS']:.1f} |")


main(Path(sys.argv[1]), Path(sys.argv[2]))
