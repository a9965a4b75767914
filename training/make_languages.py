"""Cut py3langid's model down to the languages with a code of two letters: resources/languages.npz.

    python -m training.make_languages

The package's own file is packed by lzma and takes 0.45 s of a core to read, two thirds of which
are for languages that an answer cannot name. What is kept is not changed. Weights lie language by
language, which packs best.
"""

import io
import lzma
from pathlib import Path

import numpy as np
from py3langid.langid import MODEL_DIR, MODEL_FILE

from service.core import language

OUT = Path(language.__file__).parent / "resources" / "languages.npz"


def main() -> None:
    """Write the file."""
    unpacked = lzma.decompress((MODEL_DIR / MODEL_FILE).read_bytes())
    with np.load(io.BytesIO(unpacked), allow_pickle=False) as model:
        codes = model["classes"].tolist()
        kept = [k for k, code in enumerate(codes) if len(code) == 2]
        np.savez_compressed(
            OUT,
            codes=np.array([codes[k] for k in kept]),
            weights=np.ascontiguousarray(model["ptc"][:, kept].T),
            prior=model["pc"][kept],
            moves=model["nextmove"],
            rows=model["nextmove_row"],
            features=model["out_feat"],
        )
    print(f"{OUT.stat().st_size / 1e6:.1f} MB, {len(kept)} languages")


if __name__ == "__main__":
    main()
