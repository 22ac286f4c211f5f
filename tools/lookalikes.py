"""Writes classroom/board/lookalikes.txt: which characters look alike, as Unicode's confusables say (UTS #39).

    python3 tools/lookalikes.py

It asks ICU, which brings that list, and needs its library: on Debian, apt-get install libicu-dev.
"""

import ctypes
import ctypes.util
import re
import textwrap
import unicodedata
from pathlib import Path

library = ctypes.util.find_library("icui18n") or exit("ICU is not installed: libicui18n is missing.")
version = re.search(r"\.so\.(\d+)", library)[1]
icu = ctypes.CDLL(library)
open_checker = getattr(icu, f"uspoof_open_{version}")
open_checker.restype = ctypes.c_void_p
get_skeleton = getattr(icu, f"uspoof_getSkeletonUTF8_{version}")
get_skeleton.argtypes = [ctypes.c_void_p, ctypes.c_uint32, *[ctypes.c_char_p, ctypes.c_int32] * 2, ctypes.c_void_p]
checker = open_checker(ctypes.byref(ctypes.c_int(0)))


def skeleton_of(character):
    state, buffer, text = ctypes.c_int(0), ctypes.create_string_buffer(256), character.encode()
    length = get_skeleton(checker, 0, text, len(text), buffer, len(buffer), ctypes.byref(state))
    assert state.value <= 0, f"ICU failed with {state.value} at {character}"
    return buffer.raw[:length].decode()


def is_listed(character):
    """Of what a name can have, after its normalization."""
    is_plain = all(unicodedata.normalize(form, character) == character for form in ("NFD", "NFKC"))
    return is_plain and unicodedata.category(character)[0] in "LMNPS"


groups = {}
for character in map(chr, [*range(0x21, 0xD800), *range(0xE000, 0x110000)]):
    # Unicode takes m for rn. People have such names: Mamie and Marnie.
    skeleton = skeleton_of(character).replace("rn", "m")
    if is_listed(character) and skeleton != character:
        groups.setdefault(skeleton, []).append(character)

code = lambda text: "+".join(f"{ord(one):X}" for one in text)
table = " ".join(f"{code(skeleton)}={','.join(map(code, others))}" for skeleton, others in groups.items())
lines = [
    f"# Which characters look alike, after Unicode's confusables, from ICU {version}. Made by tools/lookalikes.py.",
    "# In hexadecimal: what stands for all of a group, and the characters that look like it.",
    *textwrap.wrap(table, 110, break_long_words=False),
]
file = Path(__file__).parent.parent / "classroom/board/lookalikes.txt"
file.write_text("\n".join(lines) + "\n")
