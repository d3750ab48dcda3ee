"""Problems, the held-out rule, and the two tasks that r1-nano can do: addition and subtraction.

Every chain restates the operands, writes their digits reversed and apart, works one short line
per digit, collects the digits and ends with the result, so that each line needs only the lines
just before it and one look at the operands.
"""
import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass

LEVELS = (1, 2, 3)  # digits of the longer operand
Draw = Callable[[random.Random, int], tuple[int, int]]  # two operands of a level


@dataclass(frozen=True)
class Problem:
    """One question with its reference output. `level` is 0 where digits do not matter."""

    task: str
    level: int
    question: str
    reasoning: str
    answer: str
    key: str
    system: str = ""
    kind: str = ""  # of an outside question

    @property
    def held_out(self) -> bool:
        return bucket(self.key, 10) == 0


def bucket(text: str, buckets: int) -> int:
    """A stable bucket in [0, buckets) for a text, the same on every machine."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % buckets


def reserved(text: str) -> bool:
    """True if a wording or word is kept out of training, to see how refusals generalise."""
    return bucket("reserved " + text, 7) == 0


ADDITION_WORDINGS = (
    "What is {a} + {b}?", "What is {a} + {b}?", "What is {a} + {b}?", "{a}+{b}", "{a} + {b}",
    "{a} + {b} = ?", "{a}+{b}=", "{a} + {b} =", "{a}+{b}=?", "What is {a}+{b}?",
    "What's {a} + {b}?", "What is {a} plus {b}?", "What's {a} plus {b}?", "{a} plus {b}",
    "{a} plus {b}?", "{a} + {b}?", "How much is {a} + {b}?", "How much is {a} plus {b}?",
    "Calculate {a} + {b}.", "Calculate {a} plus {b}.", "Calculate: {a} + {b}",
    "Compute {a} + {b}.", "Add {a} and {b}.", "Add {a} to {b}.", "Add {a} + {b}.",
    "Please add {a} and {b}.", "Can you add {a} and {b}?", "What is the sum of {a} and {b}?",
    "The sum of {a} and {b}", "Find the sum of {a} and {b}.", "Solve {a} + {b}.",
    "Solve: {a} + {b}", "Tell me {a} + {b}.", "What does {a} + {b} equal?", "Work out {a} + {b}.",
    "Could you calculate {a} + {b}, please?", "Evaluate {a} + {b}.", "I need {a} + {b}.",
    "Hello, what is {a} + {b}?", "Hi! What is {a} plus {b}?", "Please compute {a}+{b}.",
    "What do you get if you add {a} and {b}?", "Give me the result of {a} + {b}.",
)
ADDITION_WORDINGS_KO = (
    "{a} 더하기 {b}는?", "{a} + {b}는 얼마야?", "{a}와 {b}를 더해 줘.", "{a} + {b}의 값은?",
    "{a} 더하기 {b}는 얼마입니까?", "{a}+{b}를 계산해 줘.", "{a} + {b}는?",
)
SUBTRACTION_WORDINGS = (
    "What is {a} - {b}?", "What is {a} - {b}?", "What is {a} - {b}?", "{a}-{b}", "{a} - {b}",
    "{a} - {b} = ?", "{a}-{b}=", "{a} - {b} =", "{a}-{b}=?", "What is {a}-{b}?",
    "What's {a} - {b}?", "What is {a} minus {b}?", "What's {a} minus {b}?", "{a} minus {b}",
    "{a} minus {b}?", "{a} - {b}?", "How much is {a} - {b}?", "How much is {a} minus {b}?",
    "Calculate {a} - {b}.", "Calculate {a} minus {b}.", "Calculate: {a} - {b}",
    "Compute {a} - {b}.", "Subtract {b} from {a}.", "Please subtract {b} from {a}.",
    "Can you subtract {b} from {a}?", "Take {b} away from {a}.", "Take {b} from {a}.",
    "Solve {a} - {b}.", "Solve: {a} - {b}", "Tell me {a} - {b}.", "What does {a} - {b} equal?",
    "Work out {a} - {b}.", "Could you calculate {a} - {b}, please?", "Evaluate {a} - {b}.",
    "I need {a} - {b}.", "Hello, what is {a} - {b}?", "Hi! What is {a} minus {b}?",
    "Please compute {a}-{b}.", "What do you get if you subtract {b} from {a}?",
    "Give me the result of {a} - {b}.",
)
SUBTRACTION_WORDINGS_KO = (
    "{a} 빼기 {b}는?", "{a} - {b}는 얼마야?", "{a}에서 {b}를 빼 줘.", "{a} - {b}의 값은?",
    "{a} 빼기 {b}는 얼마입니까?", "{a}-{b}를 계산해 줘.", "{a} - {b}는?",
)


def reversed_digits(number: int) -> str:
    """347 as "7 4 3"."""
    return " ".join(str(number)[::-1])


def addition_chain(a: int, b: int) -> str:
    """The written-out addition: one line `digit+digit+carry=sum` per column, units first."""
    first, second = str(a)[::-1], str(b)[::-1]
    columns, digits, carry = [], "", 0
    for i in range(max(len(first), len(second))):
        x = int(first[i]) if i < len(first) else 0
        y = int(second[i]) if i < len(second) else 0
        total = x + y + carry
        columns.append(f"{x}+{y}+{carry}={total}")
        digits, carry = digits + str(total % 10), total // 10
    if carry:
        columns.append("carry 1")
        digits += "1"
    return "\n".join([f"{a} + {b}", reversed_digits(a), reversed_digits(b), *columns,
                      " ".join(digits), str(a + b)])


def comparison(a: int, b: int) -> list[str]:
    """One line per pair of digits from the left, up to the first that differ: `4 4 =`, `1 3 <`.

    A digit pair is compared alike in long numbers and in short ones, so that what is learnt from
    41 - 47 holds for 4 - 4."""
    width, lines = max(len(str(a)), len(str(b))), []
    for x, y in zip(str(a).zfill(width), str(b).zfill(width)):
        lines.append(f"{x} {y} =" if x == y else f"{x} {y} >" if x > y else f"{x} {y} <, negative")
        if x != y:
            break
    return lines


def subtraction_chain(a: int, b: int) -> str:
    """The digits compared, then larger minus smaller: `digit-digit-borrow=difference`."""
    large, small = max(a, b), min(a, b)
    first, second = str(large)[::-1], str(small)[::-1]
    columns, digits, borrow = [], "", 0
    for i in range(len(first)):
        x, y = int(first[i]), int(second[i]) if i < len(second) else 0
        value = x - y - borrow
        lent = f", borrow {value + 10}" if value < 0 else ""
        columns.append(f"{x}-{y}-{borrow}={value}{lent}")
        digits, borrow = digits + str(value % 10), int(value < 0)
    return "\n".join([f"{a} - {b}", *comparison(a, b),
                      reversed_digits(large), reversed_digits(small),
                      *columns, " ".join(digits), str(a - b)])


def operand(rng: random.Random, digits: int) -> int:
    """A number with exactly `digits` digits; one digit includes 0."""
    return rng.randrange(10) if digits == 1 else rng.randrange(10 ** (digits - 1), 10 ** digits)


def operands(rng: random.Random, level: int) -> tuple[int, int]:
    """Two numbers of which the longer has `level` digits, in random order."""
    other = rng.choice([level, level, level, *range(1, level + 1)])
    pair = [operand(rng, level), operand(rng, other)]
    rng.shuffle(pair)
    return pair[0], pair[1]


def rare_operands(rng: random.Random, level: int) -> tuple[int, int]:
    """Pairs that `operands` seldom draws: equal, close, with a zero, with many borrows."""
    a = operand(rng, level)
    kind = rng.choices(["equal", "close", "zero", "borrow"], [6, 8, 2, 4])[0]
    if kind == "equal":
        return a, a
    if kind == "close":
        b = max(0, a - rng.randint(1, 10 ** rng.randint(1, max(1, level - 1))))
    elif kind == "zero":
        b = 0
    else:  # low digits after the first above high ones: 502 and 87
        a = int(str(a)[0] + "".join(rng.choice("000123") for _ in range(level - 1)))
        b = int("".join(rng.choice("6789") for _ in range(max(1, level - 1))))
    return (a, b) if rng.random() < 0.5 else (b, a)


def training_operands(rng: random.Random, level: int) -> tuple[int, int]:
    """As `operands`, but three in ten pairs are rare ones; evaluation keeps the plain draw."""
    return (rare_operands if rng.random() < 0.3 else operands)(rng, level)


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


def addition(rng: random.Random, level: int, draw: Draw = operands) -> Problem:
    a, b = draw(rng, level)
    wordings = ADDITION_WORDINGS_KO if rng.random() < 0.1 else ADDITION_WORDINGS
    question = vary(rng, rng.choice(wordings).format(a=a, b=b))
    return Problem("addition", level, question, addition_chain(a, b), f"{a} + {b} = {a + b}",
                   f"addition {min(a, b)} {max(a, b)}")


def subtraction(rng: random.Random, level: int, draw: Draw = operands) -> Problem:
    a, b = draw(rng, level)
    wordings = SUBTRACTION_WORDINGS_KO if rng.random() < 0.1 else SUBTRACTION_WORDINGS
    question = vary(rng, rng.choice(wordings).format(a=a, b=b))
    return Problem("subtraction", level, question, subtraction_chain(a, b), f"{a} - {b} = {a - b}",
                   f"subtraction {max(a, b)} {min(a, b)}")
