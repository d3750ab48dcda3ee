"""The bytes of every token, and text to ids."""

import re


def _byte_of_character():
    """Byte-level BPE writes each byte as one printable character: GPT-2's table, backwards."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    table = {chr(byte): byte for byte in printable}
    others = [byte for byte in range(256) if byte not in printable]
    table.update({chr(256 + place): byte for place, byte in enumerate(others)})
    return table


BYTES = _byte_of_character()


class Vocabulary:
    """Of a byte-level tokenizer; R1 and all its distills have one.

    `size` is the width of the model's logits, which may pass the tokenizer's own.
    """

    def __init__(self, tokenizer, size):
        self._tokenizer = getattr(tokenizer, "tokenizer", tokenizer)  # tensorrt_llm wraps it
        added = self._tokenizer.added_tokens_decoder
        self.pieces = [b""] * size
        for token, token_id in self._tokenizer.get_vocab().items():
            if token_id < size and token_id not in added:
                self.pieces[token_id] = _bytes(token)
        for token_id, token in added.items():
            if token_id < size:
                self.pieces[token_id] = token.content.encode()
        self.markers = sorted(token_id for token_id in added if token_id < size)
        self.controls = [i for i in self.markers if added[i].special or _is_role(added[i].content)]
        contents = sorted((added[i].content for i in self.markers), key=len, reverse=True)
        self._marker = re.compile("|".join(map(re.escape, contents)) or r"(?!)")

    @property
    def bos_id(self):
        """The begin of a sequence, -1 without one."""
        found = self._tokenizer.bos_token_id
        return -1 if found is None else found

    @property
    def end_id(self):
        """The tokenizer's own end, None without one."""
        return self._tokenizer.eos_token_id

    def encode(self, text):
        """Ids without BOS. Markers are read as text: each is cut after its first character."""
        ids = []
        start = 0
        for found in self._cuts(text):
            ids += self._tokenizer.encode(text[start:found], add_special_tokens=False)
            start = found
        return ids + self._tokenizer.encode(text[start:], add_special_tokens=False)

    def _cuts(self, text):
        at = 0
        while found := self._marker.search(text, at):
            at = found.start() + 1
            yield at


def _bytes(token):
    try:
        return bytes(BYTES[character] for character in token)
    except KeyError:
        raise ValueError("the tokenizer is not a byte-level one") from None


def _is_role(content):
    """DeepSeek's markers are added tokens that are not called special."""
    return content.startswith("<｜") or content in ("<think>", "</think>")
