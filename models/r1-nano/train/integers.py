"""Parity, divisibility and primes below 200."""
import random

from problems import Problem, Worked, fill, operand, vary
from steps import key_of, long_division

PRIMES = (2, 3, 5, 7, 11, 13, 17)
QUESTIONS = {
    "parity": {
        "en": ("Is {n} even or odd?", "Is {n} odd or even?", "{n}: even or odd?",
               "Tell me if {n} is even or odd.", "Is the number {n} even or odd?"),
        "ko": ("{n}은 짝수입니까, 홀수입니까?", "{n}은 짝수야 홀수야?", "{n}: 짝수 또는 홀수?",
               "{n}이 짝수인지 홀수인지 알려 줘."),
    },
    "even": {"en": ("Is {n} even?", "Is {n} an even number?"),
             "ko": ("{n}은 짝수입니까?", "{n}은 짝수야?")},
    "odd": {"en": ("Is {n} odd?", "Is {n} an odd number?"),
            "ko": ("{n}은 홀수입니까?", "{n}은 홀수야?")},
    "divisible": {
        "en": ("Is {n} divisible by {d}?", "Can {n} be divided by {d} without remainder?",
               "Is {n} a multiple of {d}?", "Does {d} divide {n}?", "Is {d} a factor of {n}?"),
        "ko": ("{n}은 {d}로 나누어떨어집니까?", "{n}은 {d}의 배수입니까?", "{n}은 {d}의 배수야?",
               "{d}는 {n}의 약수입니까?", "{n}은 {d}로 나누어떨어져?"),
    },
    "prime": {
        "en": ("Is {n} prime?", "Is {n} a prime number?", "Is {n} a prime?", "{n}: prime or not?",
               "Tell me if {n} is prime.", "Is the number {n} prime?"),
        "ko": ("{n}은 소수입니까?", "{n}은 소수야?", "{n}이 소수인가요?", "{n}이 소수인지 알려 줘.",
               "{n}은 소수인가요?"),
    },
}
ANSWERS = {
    "en": {"even": "{n} is even.", "odd": "{n} is odd.",
           True: "Yes, {n} is divisible by {d}.", False: "No, {n} is not divisible by {d}.",
           "prime": "Yes, {n} is prime.", "composite": "No, {n} is not prime.",
           "yes": "Yes, ", "no": "No, ", "word": {0: "even", 1: "odd"}},
    "ko": {"even": "{n}: 짝수입니다.", "odd": "{n}: 홀수입니다.",
           True: "네, 나누어떨어집니다.", False: "아니요, 나누어떨어지지 않습니다.",
           "prime": "네, 소수입니다.", "composite": "아니요, 소수가 아닙니다.",
           "yes": "네, ", "no": "아니요, ", "word": {0: "짝수", 1: "홀수"}},
}
WORDS = {"en": {True: "yes", False: "no", "stop": "stop"},
         "ko": {True: "예", False: "아니요", "stop": "끝"}}


def work_parity(kind: str, number: int, language: str) -> Worked:
    """Looks at the last digit."""
    last, answers = number % 10, ANSWERS[language]
    found = "odd" if last % 2 else "even"
    answer = answers[found].format(n=number)
    if kind != "parity":
        answer = answers["yes" if kind == found else "no"] + answer
    return Worked([str(number), f"{last}: {answers['word'][last % 2]}"], answer)


def work_divisible(number: int, divisor: int, language: str) -> Worked:
    """Divides; the last rest decides."""
    answer = ANSWERS[language][number % divisor == 0].format(n=number, d=divisor)
    return Worked([f"{number} / {divisor}", *long_division(number, divisor)[0],
                   str(number % divisor)], answer)


def division_line(number: int, prime: int) -> str:
    """The division on one line; three digits begin with the first two, by 2 and 5 the last digit
    is enough."""
    if prime in (2, 5):
        return f"{number % 10}={prime}*{number % 10 // prime}+{number % 10 % prime}"
    lines = long_division(number, prime)[0]
    return " ".join(lines[1:] if number >= 100 else lines)


def work_prime(number: int, language: str) -> Worked:
    """Tries the primes up to the square root, and says why it stops."""
    words, lines, found = WORDS[language], [str(number)], number > 1
    for prime in PRIMES if number > 1 else ():
        if prime * prime > number:
            lines.append(f"{prime}*{prime}={prime * prime}>{number}, {words['stop']}")
            break
        divides = number % prime == 0
        lines.append(f"{prime}: {division_line(number, prime)}, {words[divides]}")
        if divides:
            found = False
            break
    if number < 2:
        lines.append(f"{number}<2")
    return Worked(lines, ANSWERS[language]["prime" if found else "composite"].format(n=number))


def work(facts: tuple, language: str) -> Worked:
    """facts: (kind, number) or ("divisible", number, divisor)"""
    kind, number, *divisor = facts
    if kind == "divisible":
        return work_divisible(number, divisor[0], language)
    return work_prime(number, language) if kind == "prime" else work_parity(kind, number, language)


def draw(rng: random.Random, level: int) -> tuple:
    """Level 1: parity; 2: divisibility to three digits; 3: primes below 100; 4: below 200."""
    if level == 1:
        return rng.choice(["parity", "parity", "even", "odd"]), operand(rng, rng.randint(1, 4))
    if level == 2:
        divisor = rng.randint(2, 9)
        number = operand(rng, rng.choice([2, 2, 3]))
        return "divisible", number - (number % divisor if rng.random() < 0.45 else 0), divisor
    number = rng.randrange(100) if level == 3 else rng.randrange(100, 200)
    return "prime", number


def integers(rng: random.Random, level: int, language: str) -> Problem:
    facts = draw(rng, level)
    kind, number, *divisor = facts
    question = fill(rng, rng.choice(QUESTIONS[kind][language]), n=number,
                    d=divisor[0] if divisor else 0)
    name = "parity" if level == 1 else kind
    parts = (key_of("/", number, divisor[0]),) if divisor else ()
    return Problem("integers", level, language, vary(rng, question), work(facts, language),
                   " ".join(["integers", name, *map(str, facts[1:])]), facts, parts, kind=kind)
