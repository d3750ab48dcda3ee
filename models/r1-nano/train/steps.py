"""The written-out steps of + - * and /.

Each restates the operands, works one short line per digit with the digits written apart (units
first, but a division from the left), collects the digits and ends with the result, so that each
line needs only the lines just before it and one look at the operands. Checks take another way
than the steps: a sum is added the other way round, a difference added back, a product compared
by its digit sums, a quotient multiplied back.
"""
from problems import Worked

RECOMPUTE = {"en": "Let me recompute.", "ko": "다시 계산합니다."}
SAME = {"en": "Same.", "ko": "같습니다."}
REMAINDER = {"en": " remainder ", "ko": " 나머지 "}


def apart(number: int | str) -> str:
    """347 as "7 4 3"."""
    return " ".join(str(number)[::-1])


def columns_of_sum(first: str, second: str) -> tuple[list[str], str]:
    """One line `digit+digit+carry=sum` per column of two reversed numbers, and the digits."""
    lines, digits, carry = [], "", 0
    for i in range(max(len(first), len(second))):
        x = int(first[i]) if i < len(first) else 0
        y = int(second[i]) if i < len(second) else 0
        total = x + y + carry
        lines.append(f"{x}+{y}+{carry}={total}")
        digits, carry = digits + str(total % 10), total // 10
    if carry:
        lines.append("carry 1")
        digits += "1"
    return lines, digits


def columns_of_difference(first: str, second: str) -> tuple[list[str], str]:
    """Larger minus smaller, reversed: `digit-digit-borrow=difference`."""
    lines, digits, borrow = [], "", 0
    for i, x in enumerate(map(int, first)):
        y = int(second[i]) if i < len(second) else 0
        value = x - y - borrow
        lent = f", borrow {value + 10}" if value < 0 else ""
        lines.append(f"{x}-{y}-{borrow}={value}{lent}")
        digits, borrow = digits + str(value % 10), int(value < 0)
    return lines, digits


def columns_of_product(first: str, digit: int) -> tuple[list[str], str]:
    """A reversed number times one digit: `digit*digit+carry=product`."""
    lines, digits, carry = [], "", 0
    for x in map(int, first):
        value = x * digit + carry
        lines.append(f"{x}*{digit}+{carry}={value}")
        digits, carry = digits + str(value % 10), value // 10
    if carry:
        lines.append(f"carry {carry}")
        digits += str(carry)
    return lines, digits


def pairs(first: str, second: str, last: str = "<") -> list[str]:
    """One line per pair of digits from the left, up to the first that differ: `4 4 =`, `1 3 <`.

    A digit pair is compared alike in long numbers and in short ones, so that what is learnt from
    41 - 47 holds for 4 - 4."""
    lines = []
    for x, y in zip(first, second):
        lines.append(f"{x} {y} " + ("=" if x == y else ">" if x > y else last))
        if x != y:
            break
    return lines


def again(language: str, *lines: str) -> list[str]:
    return [RECOMPUTE[language], *lines, SAME[language]]


def add(a: int, b: int, language: str) -> Worked:
    first, second = str(a)[::-1], str(b)[::-1]
    lines, digits = columns_of_sum(first, second)
    check = again(language, *columns_of_sum(second, first)[0], apart(a + b))
    return Worked([f"{a} + {b}", apart(a), apart(b), *lines, " ".join(digits), str(a + b)],
                  f"{a} + {b} = {a + b}", check)


def subtract(a: int, b: int, language: str) -> Worked:
    """The digits compared, then larger minus smaller."""
    large, small, width = max(a, b), min(a, b), max(len(str(a)), len(str(b)))
    lines, digits = columns_of_difference(str(large)[::-1], str(small)[::-1])
    back, _ = columns_of_sum(digits, str(small)[::-1])
    return Worked([f"{a} - {b}", *pairs(str(a).zfill(width), str(b).zfill(width), "<, negative"),
                   apart(large), apart(small), *lines, " ".join(digits), str(a - b)],
                  f"{a} - {b} = {a - b}", again(language, *back, apart(large)))


def digit_sums(number: int) -> list[str]:
    """Sums of digits until one digit is left: `9+7+1+6=23`, `2+3=5`."""
    lines = []
    while number > 9:
        total = sum(map(int, str(number)))
        lines.append("+".join(str(number)) + f"={total}")
        number = total
    return lines or [str(number)]


def multiply(a: int, b: int, language: str) -> Worked:
    """The longer factor times each digit of the other, from the units; then the rows added."""
    long, short = (a, b) if len(str(a)) >= len(str(b)) else (b, a)
    reversed_long = str(long)[::-1]
    steps, total = [f"{a} * {b}", apart(long)], ""
    for place, digit in enumerate(reversed(str(short))):
        lines, row = columns_of_product(reversed_long, int(digit))
        row = "0" * place + row
        steps += [*lines, " ".join(row)]
        if place:
            lines, total = columns_of_sum(total, row)
            steps += [*lines, " ".join(total)]
        else:
            total = row
    roots = [1 + (n - 1) % 9 if n else 0 for n in (a, b)]
    check = again(language, *digit_sums(a), *digit_sums(b),
                  f"{roots[0]}*{roots[1]}={roots[0] * roots[1]}",
                  *digit_sums(roots[0] * roots[1])[roots[0] * roots[1] < 10:], *digit_sums(a * b))
    return Worked([*steps, str(a * b)], f"{a} * {b} = {a * b}", check)


def long_division(a: int, b: int) -> tuple[list[str], str]:
    """One line `part=divisor*digit+rest` per digit from the left, and the quotient's digits."""
    lines, digits, rest = [], "", 0
    for digit in map(int, str(a)):
        part = 10 * rest + digit
        lines.append(f"{part}={b}*{part // b}+{part % b}")
        digits, rest = digits + str(part // b), part % b
    return lines, digits


def divide(a: int, b: int, language: str) -> Worked:
    """The remainder is named only if there is one."""
    lines, digits = long_division(a, b)
    result = f"{a // b}" + (f"{REMAINDER[language]}{a % b}" if a % b else "")
    back, carry = [], a % b
    for digit in map(int, reversed(str(a // b))):
        back.append(f"{digit}*{b}+{carry}={digit * b + carry}")
        carry = (digit * b + carry) // 10
    return Worked([f"{a} / {b}", *lines, " ".join(digits), result], f"{a} / {b} = {result}",
                  again(language, *back, str(a)))


WORK = {"+": add, "-": subtract, "*": multiply, "/": divide}
NAMES = {"+": "addition", "-": "subtraction", "*": "multiplication", "/": "division"}


def key_of(operator: str, a: int, b: int) -> str:
    """The canonical form; operand order does not count, but in a division."""
    large, small = (a, b) if operator == "/" or a > b else (b, a)
    return f"{NAMES[operator]} {large} {small}"


def value_of(operator: str, a: int, b: int) -> int:
    return {"+": a + b, "-": a - b, "*": a * b, "/": a // b if b else 0}[operator]
