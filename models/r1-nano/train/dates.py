"""Weekdays before and after, dates some days away, and days between two dates of one year.

A year has 28 days in February here: no question names a leap year."""
import random

from problems import Problem, Worked, fill, vary
from steps import key_of, long_division

DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "ko": ("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일"),
}
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December")
LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

AFTER = {
    "en": ("What day is {n} days after {d}?", "What weekday is {n} days after {d}?",
           "Today is {d}. What day is it in {n} days?",
           "It is {d}. What day will it be in {n} days?",
           "If today is {d}, what day is it {n} days from now?",
           "Which day comes {n} days after {d}?",
           "What day of the week is {n} days after {d}?", "{n} days after {d} is which day?"),
    "ko": ("{d}에서 {n}일 후는 무슨 요일입니까?", "오늘은 {d}입니다. {n}일 후는 무슨 요일입니까?",
           "오늘이 {d}이면 {n}일 뒤는 무슨 요일이야?", "{d}의 {n}일 후는 무슨 요일?",
           "오늘은 {d}이야. {n}일 뒤는 무슨 요일이야?"),
}
BEFORE = {
    "en": ("What day is {n} days before {d}?", "What weekday is {n} days before {d}?",
           "Today is {d}. What day was it {n} days ago?",
           "If today is {d}, what day was {n} days ago?",
           "What day of the week was {n} days before {d}?"),
    "ko": ("{d}에서 {n}일 전은 무슨 요일입니까?", "오늘은 {d}입니다. {n}일 전은 무슨 요일이었습니까?",
           "오늘이 {d}이면 {n}일 전은 무슨 요일이야?", "{d}의 {n}일 전은 무슨 요일?"),
}
SAME_MONTH = {
    "en": ("If {m} is a {d}, what day is {t}?", "{m} is a {d}. What weekday is {t}?",
           "{m} is a {d}. Which day of the week is {t}?",
           "If {m} falls on a {d}, what day is {t}?"),
    "ko": ("{m}이 {d}이면 {t}은 무슨 요일입니까?", "{m}은 {d}입니다. {t}은 무슨 요일입니까?",
           "{m}이 {d}이야. {t}은 무슨 요일이야?"),
}
DATE_AFTER = {
    "en": ("What date is {n} days after {m}?", "Which date comes {n} days after {m}?",
           "Today is {m}. What is the date in {n} days?", "{n} days after {m} is what date?"),
    "ko": ("{m}의 {n}일 후는 며칠입니까?", "오늘은 {m}입니다. {n}일 후는 며칠입니까?",
           "{m}에서 {n}일 뒤는 몇 월 며칠이야?"),
}
DATE_BEFORE = {
    "en": ("What date is {n} days before {m}?", "Which date was {n} days before {m}?",
           "Today is {m}. What was the date {n} days ago?"),
    "ko": ("{m}의 {n}일 전은 며칠입니까?", "오늘은 {m}입니다. {n}일 전은 며칠이었습니까?",
           "{m}에서 {n}일 전은 몇 월 며칠이야?"),
}
BETWEEN = {
    "en": ("How many days are there from {m} to {t}?", "How many days are between {m} and {t}?",
           "How many days from {m} to {t}?", "How many days is it from {m} until {t}?",
           "Days from {m} to {t}?", "Today is {m}. How many days until {t}?"),
    "ko": ("{m}부터 {t}까지는 며칠입니까?", "{m}에서 {t}까지 며칠이야?",
           "오늘은 {m}입니다. {t}까지 며칠 남았습니까?", "{m}과 {t} 사이는 며칠입니까?"),
}
QUESTIONS = {"after": AFTER, "before": BEFORE, "same month": SAME_MONTH, "date after": DATE_AFTER,
             "date before": DATE_BEFORE, "between": BETWEEN}
WEEKDAY_ANSWER = {"en": "It is {d}.", "ko": "{d}입니다."}
DATE_ANSWER = {"en": "It is {m}.", "ko": "{m}입니다."}
BETWEEN_ANSWER = {"en": "{n} days.", "ko": "{n}일입니다."}


def date(month: int, day: int, language: str) -> str:
    return f"{MONTHS[month]} {day}" if language == "en" else f"{month + 1}월 {day}일"


def month_name(month: int, language: str) -> str:
    return MONTHS[month] if language == "en" else f"{month + 1}월"


def walk(day: int, count: int, back: bool, language: str) -> tuple[list[str], str]:
    """The line `count: day, day, …` of at most six days on or back, and the last day."""
    step = -1 if back else 1
    names = [DAYS[language][(day + step * i) % 7] for i in range(count + 1)]
    return [f"{count}: " + ", ".join(names[1:] or names)], names[-1]


def work_weekday(kind: str, day: int, count: int, language: str) -> tuple[list[str], str]:
    sign = "-" if kind == "before" else "+"
    lines = [f"{DAYS[language][day]} {sign} {count}"]
    if count > 6:
        lines += long_division(count, 7)[0]
    more, last = walk(day, count % 7, kind == "before", language)
    return lines + more, last


def work_same_month(month: int, first: int, second: int, day: int, language: str):
    back, gap = second < first, abs(second - first)
    large, small = max(first, second), min(first, second)
    name = DAYS[language][day]
    head = f"{first} {name}, {second}"
    lines = [head, f"{large}-{small}={gap}", f"{gap}=7*{gap // 7}+{gap % 7}"]
    lines.append("-" if back else "+")
    more, last = walk(day, gap % 7, back, language)
    return lines + more, last


def work_date(kind: str, month: int, day: int, count: int, language: str):
    """Adds the days, then takes away whole months; or the other way round."""
    lines = [date(month, day, language) + (" + " if kind == "date after" else " - ") + str(count)]
    if kind == "date after":
        value = day + count
        lines.append(f"{day}+{count}={value}")
        while value > LENGTHS[month]:
            length, month = LENGTHS[month], (month + 1) % 12
            lines.append(f"{value}-{length}={value - length}, {month_name(month, language)}")
            value -= length
    else:
        value = day - count
        lines.append(f"{day}-{count}={value}")
        while value < 1:
            month = (month - 1) % 12
            lines.append(f"{value}+{LENGTHS[month]}={value + LENGTHS[month]}, "
                         + month_name(month, language))
            value += LENGTHS[month]
    return lines, date(month, value, language)


def work_between(month: int, day: int, to_month: int, to_day: int, language: str):
    """The rest of the first month, whole months, and the days of the last one, summed up."""
    lines = [f"{date(month, day, language)} - {date(to_month, to_day, language)}"]
    if month == to_month:
        return [*lines, f"{to_day}-{day}={to_day - day}"], to_day - day
    total = LENGTHS[month] - day
    lines.append(f"{month_name(month, language)}: {LENGTHS[month]}-{day}={total}")
    for middle in range(month + 1, to_month):
        lines.append(f"{month_name(middle, language)}: {total}+{LENGTHS[middle]}"
                     f"={total + LENGTHS[middle]}")
        total += LENGTHS[middle]
    lines.append(f"{month_name(to_month, language)}: {total}+{to_day}={total + to_day}")
    return lines, total + to_day


def work(facts: tuple, language: str) -> Worked:
    """facts: (kind, numbers …); months and weekdays count from 0"""
    kind, *numbers = facts
    if kind in ("after", "before"):
        lines, day = work_weekday(kind, *numbers, language)
        return Worked(lines, WEEKDAY_ANSWER[language].format(d=day))
    if kind == "same month":
        lines, day = work_same_month(*numbers, language)
        return Worked(lines, WEEKDAY_ANSWER[language].format(d=day))
    if kind == "between":
        lines, count = work_between(*numbers, language)
        return Worked(lines, BETWEEN_ANSWER[language].format(n=count))
    lines, last = work_date(kind, *numbers, language)
    return Worked(lines, DATE_ANSWER[language].format(m=last))


def draw(rng: random.Random, level: int) -> tuple:
    """Level 1: weekdays within 6 days; 2: within 99; 3: within one month; 4: across months."""
    if level <= 2:
        count = rng.randint(1, 6) if level == 1 else rng.randint(7, 99)
        return rng.choice(["after", "after", "before"]), rng.randrange(7), count
    month = rng.randrange(12)
    day = rng.randint(1, LENGTHS[month])
    if level == 3:
        second = rng.choice([d for d in range(1, LENGTHS[month] + 1) if d != day])
        if rng.random() < 0.5:
            return "same month", month, day, second, rng.randrange(7)
        return "date after", month, day, rng.randint(1, 30)
    kind = rng.choices(["between", "date after", "date before"], [5, 2, 3])[0]
    if kind != "between":
        return kind, month, day, rng.randint(1, 60)
    month = rng.randrange(11)
    to_month = rng.randint(month, min(11, month + 5))
    first, second = rng.randint(1, LENGTHS[month]), rng.randint(1, LENGTHS[to_month])
    if month == to_month:
        first, second = sorted(rng.sample(range(1, LENGTHS[month] + 1), 2))
    return "between", month, first, to_month, second


def slots_of(facts: tuple, language: str) -> dict[str, str | int]:
    kind, *numbers = facts
    if kind in ("after", "before"):
        return {"d": DAYS[language][numbers[0]], "n": numbers[1]}
    if kind == "same month":
        month, first, second, day = numbers
        return {"m": date(month, first, language), "t": date(month, second, language),
                "d": DAYS[language][day]}
    if kind == "between":
        return {"m": date(*numbers[:2], language), "t": date(*numbers[2:], language)}
    return {"m": date(*numbers[:2], language), "n": numbers[2]}


def dates(rng: random.Random, level: int, language: str) -> Problem:
    facts = draw(rng, level)
    question = fill(rng, rng.choice(QUESTIONS[facts[0]][language]), **slots_of(facts, language))
    if facts[-1] == 1 and facts[0] != "between" and language == "en":
        question = question.replace("1 days", "1 day")
    parts = (key_of("/", facts[2], 7),) if facts[0] in ("after", "before") and facts[2] > 6 else ()
    return Problem("dates", level, language, vary(rng, question), work(facts, language),
                   "dates " + " ".join(map(str, facts)), facts, parts, kind=facts[0])
