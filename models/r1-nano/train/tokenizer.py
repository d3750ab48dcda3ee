"""Byte-level BPE with DeepSeek-V3's split rules and special tokens, trained on the task texts.

The encoding equals llama.cpp's for `tokenizer.ggml.model = gpt2`, `tokenizer.ggml.pre =
deepseek-v3` (parity.py compares ids). No merge contains a digit, so every digit is one token.
Ids: special tokens, the 256 bytes, then merged tokens in the order in which they were learnt.

Usage: tokenizer.py --out tokenizer.json [--vocabulary 1024] [--texts 30000] [--seed 7]
"""
import argparse
import collections
import json
import random
import re
import unicodedata

BOS, EOS, PAD = "<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜▁pad▁｜>"
USER, ASSISTANT, THINK, END_THINK = "<｜User｜>", "<｜Assistant｜>", "<think>", "</think>"
TOOLS = tuple(f"<｜tool▁{name}｜>" for name in (
    "calls▁begin", "calls▁end", "call▁begin", "call▁end", "sep",
    "outputs▁begin", "outputs▁end", "output▁begin", "output▁end"))
SPECIAL = (BOS, EOS, PAD, USER, ASSISTANT, *TOOLS, THINK, END_THINK)


def byte_characters() -> list[str]:
    """GPT-2's printable character for each byte value, index 0 to 255."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    characters, extra = [""] * 256, 0
    for byte in range(256):
        if byte in printable:
            characters[byte] = chr(byte)
        else:
            characters[byte], extra = chr(256 + extra), extra + 1
    return characters


# Non-ASCII characters are replaced by one stand-in per Unicode class before the expressions run.
STAND_IN = {"L": "\ue001", "N": "\ue002", "P": "\ue003", "S": "\ue004", "M": "\ue005"}
SPACE, OTHER = "\x0b", "\ue000"
LETTER = "A-Za-z\ue001"
PUNCTUATION = "!\"#%&'()*,\\-./:;?@\\[\\\\\\]_{}\ue003"
SYMBOL = "$+<=>^`|~\ue004"
NUMBERS = re.compile("[0-9\ue002]{1,3}")
HAN_AND_KANA = re.compile("[一-龥぀-ゟ゠-ヿ]+")
PIECES = re.compile(
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+"
    f"|[^\r\n{LETTER}{PUNCTUATION}{SYMBOL}]?[{LETTER}\ue005]+"
    f"| ?[{PUNCTUATION}{SYMBOL}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+")


def class_text(text: str) -> str:
    """The text with each non-ASCII character replaced by the stand-in of its class."""
    def stand_in(character: str) -> str:
        if ord(character) < 128:
            return character
        if character.isspace():
            return SPACE
        return STAND_IN.get(unicodedata.category(character)[0], OTHER)
    return "".join(map(stand_in, text))


def split_by(expression: re.Pattern, pieces: list[str], by_class: bool) -> list[str]:
    """Cut every piece at the matches of the expression; what lies between matches stays."""
    result = []
    for piece in pieces:
        start = 0
        for match in expression.finditer(class_text(piece) if by_class else piece):
            result += [piece[start:match.start()], piece[match.start():match.end()]]
            start = match.end()
        result.append(piece[start:])
    return [piece for piece in result if piece]


def split(text: str) -> list[str]:
    """DeepSeek-V3's three split rules, one after the other."""
    pieces = split_by(NUMBERS, [text], True)
    pieces = split_by(HAN_AND_KANA, pieces, False)
    return split_by(PIECES, pieces, True)


class Tokenizer:
    """Encodes text and prompts. `merges` are pairs of byte-character strings, by rank."""

    def __init__(self, merges: list[tuple[str, str]]):
        self.merges = [tuple(pair) for pair in merges]
        self.ranks = {pair: rank for rank, pair in enumerate(self.merges)}
        self.bytes = byte_characters()
        merged = ("".join(pair) for pair in self.merges)
        self.tokens = list(dict.fromkeys([*SPECIAL, *self.bytes, *merged]))
        self.ids = {token: number for number, token in enumerate(self.tokens)}
        self.byte_of = {character: byte for byte, character in enumerate(self.bytes)}
        self.cache: dict[str, list[int]] = {}

    def __len__(self) -> int:
        return len(self.tokens)

    def encode_piece(self, piece: str) -> list[int]:
        if piece not in self.cache:
            symbols = [self.bytes[byte] for byte in piece.encode()]
            while len(symbols) > 1:
                rank, at = min((self.ranks.get(pair, len(self.ranks)), i)
                               for i, pair in enumerate(zip(symbols, symbols[1:])))
                if rank == len(self.ranks):
                    break
                symbols[at:at + 2] = [symbols[at] + symbols[at + 1]]
            if len(self.cache) > 100_000:
                self.cache.clear()
            self.cache[piece] = [self.ids[symbol] for symbol in symbols]
        return self.cache[piece]

    def encode(self, text: str) -> list[int]:
        """Ids of plain text; markers in it are ordinary characters."""
        return [number for piece in split(text) for number in self.encode_piece(piece)]

    def decode(self, ids: list[int]) -> str:
        """Text of the ids; markers are written out, broken UTF-8 becomes U+FFFD."""
        text, pending = "", bytearray()
        for token in (self.tokens[number] for number in ids):
            if token in SPECIAL:
                text, pending = text + pending.decode("utf-8", "replace") + token, bytearray()
            else:
                pending += bytes(self.byte_of[character] for character in token)
        return text + pending.decode("utf-8", "replace")

    def prompt(self, question: str, system: str = "") -> list[int]:
        """R1's prompt for one question, up to and including the opened `<think>` and a newline."""
        return [self.ids[BOS], *self.encode(system), self.ids[USER], *self.encode(question),
                self.ids[ASSISTANT], self.ids[THINK], *self.encode("\n")]

    def output(self, reasoning: str, answer: str) -> list[int]:
        """What the model is to write after the prompt, with the end token."""
        return [*self.encode(reasoning + "\n"), self.ids[END_THINK], *self.encode("\n\n"),
                *self.encode(answer), self.ids[EOS]]

    def save(self, path: str) -> None:
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"merges": self.merges}, file, ensure_ascii=False)

    @staticmethod
    def load(path: str) -> "Tokenizer":
        with open(path, encoding="utf-8") as file:
            return Tokenizer(json.load(file)["merges"])


def learn_merges(texts: list[str], vocabulary: int) -> list[tuple[str, str]]:
    """The most frequent pairs, one after the other, until `vocabulary` tokens exist."""
    characters = byte_characters()
    pieces = collections.Counter(piece for text in texts for piece in split(text))
    words = [([characters[byte] for byte in piece.encode()], count)
             for piece, count in sorted(pieces.items()) if not piece.isdigit()]
    pairs: collections.Counter = collections.Counter()
    where = collections.defaultdict(set)
    for number, (symbols, count) in enumerate(words):
        for pair in zip(symbols, symbols[1:]):
            pairs[pair] += count
            where[pair].add(number)
    merges, tokens = [], set(SPECIAL) | set(characters)
    while len(tokens) < vocabulary:
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        assert pairs[best] > 0, "not enough text for this vocabulary"
        merges.append(best)
        tokens.add("".join(best))
        for number in where.pop(best):
            symbols, count = words[number]
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] -= count
            i = 0
            while i < len(symbols) - 1:
                if (symbols[i], symbols[i + 1]) == best:
                    symbols[i:i + 2] = ["".join(best)]
                i += 1
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] += count
                where[pair].add(number)
        pairs.pop(best, None)
    return merges


def main() -> None:
    import tasks
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True)
    parser.add_argument("--vocabulary", type=int, default=1024)
    parser.add_argument("--texts", type=int, default=30000)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    texts = []
    for _ in range(arguments.texts):
        problem = tasks.training_problem(rng)
        texts += [problem.system, problem.question, problem.reasoning + "\n", problem.answer,
                  "\n\n"]
    tokenizer = Tokenizer(learn_merges(texts, arguments.vocabulary))
    tokenizer.save(arguments.out)
    print(f"{len(tokenizer)} tokens, {len(tokenizer.merges)} merges")


if __name__ == "__main__":
    main()
