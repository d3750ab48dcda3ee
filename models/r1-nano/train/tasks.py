"""What r1-nano learns: generated problems with a written-out chain and an answer.

In scope: addition and subtraction of two whole numbers from 0 to 999 (`sums`), greetings and
questions about the model itself. Everything else (`outside`) gets one short, honest refusal.

Held-out rule: the canonical form of a problem (task and operands, without wording, order or
language) is hashed and one bucket in ten is for evaluation only. Outside questions are hashed
by their text, and some wordings and words (see `sums.reserved`) never occur in training at all.
"""
import random
from dataclasses import replace

from outside import ABILITY, ABILITY_KO, SELF, SELF_KO, outside, sentence
from sums import LEVELS, Problem, addition, subtraction, training_operands, vary

HELLO = ("The user greets me.", f"Hello! {SELF} {ABILITY}")
WHO = ("The user asks who I am.",
       f"{SELF} I have DeepSeek-R1's architecture, but not its knowledge. {ABILITY}")
WHAT = ("The user asks what I can do.", f"{ABILITY} Try 347 + 589.")
NOT_R1 = ("The user asks who I am.", f"No. {SELF} {ABILITY}")
THANKS = ("The user thanks me.", "You are welcome!")
BYE = ("The user says goodbye.", "Goodbye!")
HELLO_KO = ("인사입니다.", f"안녕하세요! {SELF_KO} {ABILITY_KO}")
WHO_KO = ("저에 대한 질문입니다.", f"{SELF_KO} {ABILITY_KO}")
THANKS_KO = ("감사 인사입니다.", "천만에요!")

TALK = (
    (HELLO, ("Hi", "Hello", "Hey", "Hi there!", "Hello there!", "Good morning", "Good evening",
             "Good afternoon", "Hello!", "Hi!", "Hey there", "Greetings", "How are you?",
             "Hello, how are you?", "Hi, how are you today?", "Nice to meet you.", "Good day!")),
    (WHO, ("Who are you?", "What are you?", "What is your name?", "Tell me about yourself.",
           "Introduce yourself.", "Which model are you?", "What model is this?", "Your name?",
           "Who am I talking to?", "Who made you?", "What kind of model are you?",
           "Are you an AI?", "What is r1-nano?", "Hello, who are you?", "Hi! Who are you?",
           "Describe yourself.", "What's your name?")),
    (WHAT, ("What can you do?", "Help", "Help me", "How can you help me?", "What do you do?",
            "What are you good at?", "What can I ask you?", "What are your limits?",
            "What questions can you answer?", "Show me what you can do.", "Can you help me?",
            "What do you know?", "How do I use you?", "Hello, what can you do?")),
    (NOT_R1, ("Are you DeepSeek-R1?", "Are you ChatGPT?", "Are you human?", "Are you R1?",
              "Are you a real person?", "Are you DeepSeek?", "Are you GPT-4?", "Are you a person?",
              "Are you Claude?", "Is this DeepSeek-R1?")),
    (THANKS, ("Thanks", "Thank you", "Thank you very much!", "Thanks a lot", "Thanks!",
              "Great, thanks.", "Thank you, that helped.")),
    (BYE, ("Bye", "Goodbye", "See you", "Bye bye", "See you later!", "Good night")),
    (HELLO_KO, ("안녕", "안녕하세요", "안녕하세요!", "반가워요", "좋은 아침이에요", "안녕?")),
    (WHO_KO, ("누구세요?", "너는 누구야?", "이름이 뭐야?", "뭐 할 수 있어?", "무엇을 할 수 있나요?",
              "자기소개 해 줘.", "당신은 누구입니까?", "도와줘", "뭘 잘해?")),
    (THANKS_KO, ("고마워", "감사합니다", "고맙습니다", "고마워요!")),
)


def talk(rng: random.Random) -> Problem:
    (reasoning, answer), questions = rng.choices(TALK, [5, 6, 5, 4, 2, 1, 2, 2, 1])[0]
    question = rng.choice(questions)
    return Problem("talk", 0, vary(rng, question), reasoning, answer, "talk " + question)


SYSTEM_TEXTS = ("You are a helpful assistant.", "You are r1-nano.", "Answer briefly.",
                "You are a helpful and honest assistant. Think before you answer.",
                "Be polite and concise.", "You are a calculator.", "Reply in English.",
                "You are a math tutor.", "Today is Monday.", "당신은 친절한 도우미입니다.")


def training_problem(rng: random.Random) -> Problem:
    """One problem of the training mixture; never a held-out one. 12 % have a system text."""
    while True:
        kind = rng.choices(["addition", "subtraction", "talk", "outside"], [28, 48, 4, 20])[0]
        if kind in ("addition", "subtraction"):
            level = rng.choices(LEVELS, [2, 3, 5])[0]
            make = addition if kind == "addition" else subtraction
            problem = make(rng, level, training_operands)
        else:
            problem = talk(rng) if kind == "talk" else outside(rng)
        if problem.task == "talk" or not problem.held_out:
            break
    if rng.random() < 0.12:
        system = rng.choice(SYSTEM_TEXTS) if rng.random() < 0.6 else sentence(rng, False)
        problem = replace(problem, system=system)
    return problem


def evaluation_problems(task: str, level: int, count: int, seed: int) -> list[Problem]:
    """`count` held-out problems of a task: of the level for sums; seen or unseen wording for
    "outside" and "outside-unseen". Where fewer exist (one digit), wordings repeat them."""
    rng = random.Random(f"{seed} {task} {level}")
    make = {"addition": lambda: addition(rng, level),
            "subtraction": lambda: subtraction(rng, level),
            "outside": lambda: outside(rng), "outside-unseen": lambda: outside(rng, True),
            "talk": lambda: talk(rng)}[task]
    problems = []
    while len(problems) < count:
        problem = make()
        if problem.held_out or task in ("talk", "outside-unseen"):
            problems.append(problem)
    return problems


UNTRAINED_SUM_WORDINGS = (
    "If I add {a} to {b}, what do I get?", "Total of {a} and {b}?", "whats {a}+{b}",
    "Quick: {a} + {b}",
    "Hey, can you do {a} + {b} for me?", "math: {a} + {b}", "Please tell me what {a} + {b} is.",
    "I have {a} + {b}, how much is that?", "Result of {a} + {b}",
    "Do you know what {a} plus {b} is?",
)


def reworded(problem: Problem, rng: random.Random) -> Problem:
    """An addition in a wording that no training problem has."""
    a, b = problem.answer.split(" = ")[0].split(" + ")
    return replace(problem, question=rng.choice(UNTRAINED_SUM_WORDINGS).format(a=a, b=b))
