"""Stand-in: a byte-level tokenizer with DeepSeek's markers, in the shape of a Hugging Face one."""

import re
from dataclasses import dataclass

BEGIN, END, USER, ASSISTANT, THINK, THINK_END = range(256, 262)
ORDERS = (
    *("fail", "refuse", "hang", "uncounted", "timeout"),
    *("aborted", "odd", "long", "garbled", "unsure"),
)
ORDER = {order: 262 + place for place, order in enumerate(ORDERS)}
LONG = 272  # a piece of 128 spaces, DeepSeek's longest
CONTENTS = {
    BEGIN: "<｜begin▁of▁sentence｜>",
    END: "<｜end▁of▁sentence｜>",
    USER: "<｜User｜>",
    ASSISTANT: "<｜Assistant｜>",
    THINK: "<think>",
    THINK_END: "</think>",
    **{token_id: f"<｜stand-in:{order}｜>" for order, token_id in ORDER.items()},
}
SPECIAL = {BEGIN, END}


@dataclass(frozen=True)
class AddedToken:
    content: str
    special: bool


def _characters():
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {**{b: chr(b) for b in printable}, **{b: chr(256 + i) for i, b in enumerate(others)}}


class Tokenizer:
    bos_token_id = BEGIN
    eos_token_id = END

    def __init__(self):
        self.added_tokens_decoder = {
            token_id: AddedToken(content, token_id in SPECIAL)
            for token_id, content in CONTENTS.items()
        }
        self._characters = _characters()
        self._markers = {content: token_id for token_id, content in CONTENTS.items()}
        self._marker = re.compile("|".join(map(re.escape, self._markers)))

    def get_vocab(self):
        vocabulary = {character: byte for byte, character in self._characters.items()}
        return {**vocabulary, self._characters[32] * 128: LONG, **self._markers}

    def encode(self, text, add_special_tokens=True):
        ids = [BEGIN] if add_special_tokens else []
        at = 0
        for marker in self._marker.finditer(text):
            ids += [*text[at : marker.start()].encode(), self._markers[marker.group()]]
            at = marker.end()
        return ids + list(text[at:].encode())
