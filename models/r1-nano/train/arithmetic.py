"""The families of whole numbers: + - * / and two operations with parentheses."""
import random

import wordings
from problems import Problem, Worked, fill, operand, vary
from steps import NAMES, WORK, key_of, value_of

Expression = int | tuple  # a number, or (operator, left, right)

DIGITS = {  # of the two operands, by level
    "+": {1: (2, 2), 2: (3, 3), 3: (4, 4), 4: (5, 5)},
    "-": {1: (2, 2), 2: (3, 3), 3: (4, 4), 4: (5, 5)},
    "*": {1: (2, 1), 2: (3, 1), 3: (2, 2), 4: (3, 2)},
    "/": {1: (2, 1), 2: (2, 1), 3: (3, 1), 4: (4, 1)},
}
LANGUAGES = ("en", "ko")


def operands(rng: random.Random, operator: str, level: int) -> tuple[int, int]:
    """Two numbers of a level. + and -: the longer has the level's digits, level 1 one or two."""
    first, second = DIGITS[operator][level]
    if operator in "+-":
        if level == 1:
            first = rng.choice([1, 2, 2])
        pair = [operand(rng, first), operand(rng, rng.choice([first] * 3 + [*range(1, first + 1)]))]
        rng.shuffle(pair)
        return pair[0], pair[1]
    if operator == "*":
        if level == 1 and rng.random() < 0.3:
            first = 1
        pair = [operand(rng, first), operand(rng, second)]
        if rng.random() < 0.3:
            pair.reverse()
        return pair[0], pair[1]
    divisor = rng.randint(2, 9) if rng.random() < 0.97 else 1
    dividend = operand(rng, first)
    if level == 1:
        dividend -= dividend % divisor
    return dividend, divisor


def rare_operands(rng: random.Random, level: int) -> tuple[int, int]:
    """Pairs that `operands` seldom draws: equal, close, with a zero, with many borrows."""
    digits = DIGITS["-"][level][0] if level > 1 else rng.choice([1, 2])
    a = operand(rng, digits)
    kind = rng.choices(["equal", "close", "zero", "borrow"], [4, 8, 2, 6])[0]
    if kind == "equal":
        return a, a
    if kind == "close":
        b = max(0, a - rng.randint(1, 10 ** rng.randint(1, max(1, digits - 1))))
    elif kind == "zero":
        b = 0
    else:  # low digits after the first above high ones: 502 and 87
        a = int(str(a)[0] + "".join(rng.choice("000123") for _ in range(digits - 1)))
        b = int("".join(rng.choice("6789") for _ in range(max(1, digits - 1))))
    return (a, b) if rng.random() < 0.5 else (b, a)


def text_of(expression: Expression, outer: str = "", right: bool = False) -> str:
    """With the parentheses that the order of operations needs."""
    if isinstance(expression, int):
        return str(expression)
    operator, first, second = expression
    text = f"{text_of(first, operator)} {operator} {text_of(second, operator, True)}"
    weak, strong = operator in "+-", outer in ("*", "/")
    needed = (weak and strong) or (right and outer in ("-", "/")) or (right and outer == "*")
    return f"({text})" if outer and needed else text


def work(facts: tuple, language: str) -> Worked:
    """Works out an expression, the inner operation first. facts: (expression,)"""
    expression = facts[0]
    operator, first, second = expression
    if isinstance(first, int) and isinstance(second, int):
        return WORK[operator](first, second, language)
    steps, values = [text_of(expression)], []
    for part in (first, second):
        if isinstance(part, tuple):
            steps += work((part,), language).steps
            part = value_of(*part)
        values.append(part)
    last = WORK[operator](*values, language)
    result = last.answer.partition(" = ")[2]
    return Worked(steps + last.steps, f"{text_of(expression)} = {result}", last.check)


def operations(expression: Expression) -> list[tuple[str, int, int]]:
    """Every single operation of an expression with the values it works on, inner first."""
    if isinstance(expression, int):
        return []
    operator, first, second = expression
    numbers = [part if isinstance(part, int) else value_of(*part) for part in (first, second)]
    return [*operations(first), *operations(second), (operator, numbers[0], numbers[1])]


def key_of_expression(expression: Expression) -> str:
    """The canonical form of one operation, or of several under the name "mixed"."""
    done = operations(expression)
    return key_of(*done[0]) if len(done) == 1 else "mixed " + text_of(expression)


def written(rng: random.Random, expression: Expression, language: str) -> str:
    """The expression as somebody might type it, in a question."""
    text = text_of(expression)
    for sign in "+-*/":
        text = text.replace(f" {sign} ", f" {rng.choice(wordings.SIGNS[sign])} ")
    if rng.random() < 0.3 and "x" not in text:
        text = text.replace(" ", "")
    return fill(rng, rng.choice(wordings.EXPRESSION[language]), q=text)


def problem_of(rng: random.Random, task: str, level: int, language: str,
               expression: Expression) -> Problem:
    single = len(operations(expression)) == 1
    if single and rng.random() < 0.45:
        operator, a, b = expression
        question = fill(rng, rng.choice(wordings.SPOKEN[operator][language]), a=a, b=b)
    else:
        question = written(rng, expression, language)
    parts = () if single else tuple(key_of(*done) for done in operations(expression))
    return Problem(task, level, language, vary(rng, question), work((expression,), language),
                   key_of_expression(expression), (expression,), parts)


def single(operator: str):
    def make(rng: random.Random, level: int, language: str, rare: bool = False) -> Problem:
        """`rare` mixes in operands that a plain draw seldom gives; evaluation draws plainly."""
        pair = operands(rng, operator, level)
        if rare and operator in "+-" and rng.random() < 0.3:
            pair = rare_operands(rng, level)
        return problem_of(rng, NAMES[operator], level, language, (operator, *pair))
    return make


def two_operations(rng: random.Random, level: int) -> Expression:
    """Level 1: + and -, to two digits; 2: a product with one digit, small numbers; 3: products of
    two digits; 4: quotients without remainder, and three digits."""
    def number(digits: int, least: int = 1) -> int:
        return max(least, operand(rng, digits))
    a, b, c = (number(rng.choice([1, 2])) for _ in range(3))
    if level == 1:
        first, second = rng.choice("+-"), rng.choice("+-")
        if rng.random() < 0.5:
            return second, (first, a, b) if first == "+" or a >= b else (first, b, a), c
        return second, a, (first, b, c) if first == "+" or b >= c else (first, c, b)
    if level == 2 or (level == 3 and rng.random() < 0.5):
        digit, wide = rng.randint(2, 9), level
        a, b = number(wide), number(rng.randint(1, wide))
        inner = rng.choice("+-")
        inside = (inner, max(a, b), min(a, b)) if inner == "-" else (inner, a, b)
        product = ("*", b, digit)
        if level == 2 and rng.random() < 0.15:
            return "*", ("*", rng.randint(2, 9), digit), rng.randint(2, 9)
        return rng.choice([("*", inside, digit), ("*", digit, inside), ("+", a, product),
                           ("+", product, a), ("-", product, a)])
    if level == 3:
        b, c = number(2, 10), number(2, 10)
        small = rng.randint(1, 9)
        return rng.choice([("-", ("*", a, b), c), ("+", ("*", b, c), a), ("+", a, ("*", b, c)),
                           ("*", ("+", a, small), b), ("*", b, ("+", a, small))])
    divisor, quotient = rng.randint(2, 9), number(rng.choice([1, 2, 2]), 2)
    whole = divisor * quotient
    part = rng.randint(1, whole - 1)
    c = number(rng.choice([1, 2, 3]))
    return rng.choice([("/", ("+", part, whole - part), divisor),
                       ("/", ("-", whole + c, c), divisor), ("+", c, ("/", whole, divisor)),
                       ("-", ("/", whole, divisor), c), ("*", ("/", whole, divisor), c % 10 + 2),
                       ("*", ("+", number(3), c), rng.randint(2, 9))])


def mixed(rng: random.Random, level: int, language: str) -> Problem:
    while True:
        expression = two_operations(rng, level)
        if all(within(*done) for done in operations(expression)):
            return problem_of(rng, "mixed", level, language, expression)


def within(operator: str, a: int, b: int) -> bool:
    """Whether r1-nano's steps reach this far: + - to 5 digits, * 3 by 2, / 4 by 1."""
    if min(a, b) < 0:
        return False
    long, short = sorted((len(str(a)), len(str(b))), reverse=True)
    if operator in "+-":
        return long <= 5
    return long <= 3 and short <= 2 if operator == "*" else len(str(a)) <= 4 and 0 < b <= 9
