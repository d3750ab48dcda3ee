"""Problems, the held-out rule, and what all families share."""
import hashlib
import random
import re
from dataclasses import dataclass, field

ENGLISH, KOREAN = "en", "ko"
LEVELS = (1, 2, 3, 4)
BUCKETS = 10  # one of these is for evaluation only


@dataclass(frozen=True)
class Worked:
    """A reference output: the steps, an optional check of them, and the answer."""

    steps: list[str]
    answer: str
    check: list[str] = field(default_factory=list)

    def reasoning(self, checked: bool = False) -> str:
        return "\n".join(self.steps + (self.check if checked else []))


@dataclass(frozen=True)
class Problem:
    """One question with its reference output. `level` is 0 outside the families.

    `key` is the canonical form: task and operands, whatever the wording, order or language.
    `parts` are the keys of other problems that are solved inside this one; `facts` is what
    the family's `work` needs to execute the steps anew."""

    task: str
    level: int
    language: str
    question: str
    worked: Worked
    key: str
    facts: tuple = ()
    parts: tuple[str, ...] = ()
    checked: bool = False  # the reference output contains the check
    system: str = ""
    kind: str = ""

    @property
    def reasoning(self) -> str:
        return self.worked.reasoning(self.checked)

    @property
    def answer(self) -> str:
        return self.worked.answer

    @property
    def held_out(self) -> bool:
        return held_out(self.key)

    @property
    def trainable(self) -> bool:
        """Neither the problem nor one solved inside it is held out."""
        return not any(map(held_out, (self.key, *self.parts)))


def bucket(text: str, buckets: int) -> int:
    """A stable bucket in [0, buckets) for a text, the same on every machine."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % buckets


def held_out(key: str) -> bool:
    return bucket(key, BUCKETS) == 0


def reserved(text: str) -> bool:
    """True if a wording or word is kept out of training, to see how refusals generalise."""
    return bucket("reserved " + text, 7) == 0


def operand(rng: random.Random, digits: int) -> int:
    """A number with exactly `digits` digits; one digit includes 0."""
    return rng.randrange(10) if digits == 1 else rng.randrange(10 ** (digits - 1), 10 ** digits)


PARTICLES = {"는": "은", "가": "이", "를": "을", "와": "과", "로": "으로"}  # after vowel, consonant
OPEN_FORM = {closed: form for form, closed in PARTICLES.items()}
SLOT = re.compile(r"\{(\w+)\}(?:(은|는|이|가|을|를|와|과|으로|로)(?![가-힣]))?")


def last_sound(text: str) -> str:
    """How the last character ends in Korean: "vowel", "l", "consonant", or "" if not Korean."""
    character = text[-1]
    if character in "0123456789":
        return ("consonant", "l", "vowel", "consonant", "vowel", "vowel", "consonant", "l", "l",
                "vowel")[int(character)]
    if not "가" <= character <= "힣":
        return ""
    final = (ord(character) - ord("가")) % 28
    return "vowel" if final == 0 else "l" if final == 8 else "consonant"


def fill(rng: random.Random, template: str, **slots) -> str:
    """Fills {slots}; a Korean particle after one takes the form its last sound asks for, but for
    one in ten, as people type."""
    careless = rng.random() < 0.1

    def text_for(match: re.Match) -> str:
        value, particle = str(slots[match[1]]), match[2] or ""
        sound = last_sound(value) if particle and not careless else ""
        if sound:
            particle = OPEN_FORM.get(particle, particle)
            if sound == "consonant" or (sound == "l" and particle != "로"):
                particle = PARTICLES[particle]
        return value + particle
    return SLOT.sub(text_for, template)


def vary(rng: random.Random, text: str) -> str:
    """Small changes that people make: no capital, no full stop, two of them, a please."""
    if rng.random() < 0.12:
        text = text[0].lower() + text[1:]
    if rng.random() < 0.12 and text[-1] in "?.":
        text = text[:-1]
    if rng.random() < 0.02 and text[-1] in "?.":
        text += text[-1]
    if rng.random() < 0.02 and text[-1].isalnum():
        text += rng.choice([" please", " thanks", "!"])
    return text


def has_hangul(text: str) -> bool:
    return any("가" <= character <= "힣" for character in text)
