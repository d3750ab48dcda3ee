"""Greetings, and questions about the model itself, answered truthfully."""
import random

from outside import ABILITY, ABILITY_KO, SELF, SELF_KO
from problems import Problem, Worked, vary

TALK = {
    "hello": {
        "en": ("The user greets me.", f"Hello! {SELF} {ABILITY}", (
            "Hi", "Hello", "Hey", "Hi there!", "Hello there!", "Good morning", "Good evening",
            "Good afternoon", "Hello!", "Hi!", "Hey there", "Greetings", "How are you?",
            "Hello, how are you?", "Hi, how are you today?", "Nice to meet you.", "Good day!")),
        "ko": ("인사입니다.", f"안녕하세요! {SELF_KO} {ABILITY_KO}", (
            "안녕", "안녕하세요", "안녕하세요!", "반가워요", "좋은 아침이에요", "안녕?", "안녕하십니까?",
            "만나서 반갑습니다.", "잘 지내?", "좋은 아침!", "반갑습니다", "하이")),
    },
    "who": {
        "en": ("The user asks who I am.",
               f"{SELF} I have DeepSeek-R1's architecture, but not its knowledge. {ABILITY}", (
                   "Who are you?", "What are you?", "What is your name?", "Tell me about yourself.",
                   "Introduce yourself.", "Which model are you?", "What model is this?",
                   "Your name?", "Who am I talking to?", "Who made you?", "Are you an AI?",
                   "What kind of model are you?", "What is r1-nano?", "Hello, who are you?",
                   "Hi! Who are you?", "Describe yourself.", "What's your name?")),
        "ko": ("저에 대한 질문입니다.",
               f"{SELF_KO} DeepSeek-R1과 구조는 같지만 지식은 없습니다. {ABILITY_KO}", (
                   "누구세요?", "너는 누구야?", "이름이 뭐야?", "자기소개 해 줘.", "당신은 누구입니까?",
                   "너는 뭐야?", "당신은 무엇입니까?", "어떤 모델이야?", "너 AI야?", "누가 너를 만들었어?",
                   "안녕, 너는 누구야?", "이름이 무엇입니까?")),
    },
    "what": {
        "en": ("The user asks what I can do.", f"{ABILITY} Try 347 + 589.", (
            "What can you do?", "Help", "Help me", "How can you help me?", "What do you do?",
            "What are you good at?", "What can I ask you?", "What are your limits?",
            "What questions can you answer?", "Show me what you can do.", "Can you help me?",
            "What do you know?", "How do I use you?", "Hello, what can you do?")),
        "ko": ("무엇을 할 수 있는지 묻습니다.", f"{ABILITY_KO} 347 + 589를 물어보세요.", (
            "뭐 할 수 있어?", "무엇을 할 수 있나요?", "도와줘", "뭘 잘해?", "도와주세요.", "어떻게 사용해?",
            "무엇을 물어볼 수 있어?", "할 수 있는 게 뭐야?", "무엇을 할 수 있습니까?")),
    },
    "not r1": {
        "en": ("The user asks who I am.", f"No. {SELF} {ABILITY}", (
            "Are you DeepSeek-R1?", "Are you ChatGPT?", "Are you human?", "Are you R1?",
            "Are you a real person?", "Are you DeepSeek?", "Are you GPT-4?", "Are you a person?",
            "Are you Claude?", "Is this DeepSeek-R1?")),
        "ko": ("저에 대한 질문입니다.", f"아니요. {SELF_KO} {ABILITY_KO}", (
            "너 사람이야?", "당신은 사람입니까?", "너 ChatGPT야?", "너는 DeepSeek-R1이야?", "딥시크야?",
            "당신은 GPT-4입니까?")),
    },
    "thanks": {
        "en": ("The user thanks me.", "You are welcome!", (
            "Thanks", "Thank you", "Thank you very much!", "Thanks a lot", "Thanks!",
            "Great, thanks.", "Thank you, that helped.")),
        "ko": ("감사 인사입니다.", "천만에요!", (
            "고마워", "감사합니다", "고맙습니다", "고마워요!", "정말 감사합니다.")),
    },
    "bye": {
        "en": ("The user says goodbye.", "Goodbye!", (
            "Bye", "Goodbye", "See you", "Bye bye", "See you later!", "Good night")),
        "ko": ("작별 인사입니다.", "안녕히 가세요!", (
            "잘 가", "안녕히 계세요", "다음에 봐", "또 봐!", "잘 자")),
    },
}


def talk(rng: random.Random, language: str) -> Problem:
    kind = rng.choices(list(TALK), [5, 6, 5, 4, 2, 1])[0]
    reasoning, answer, questions = TALK[kind][language]
    question = rng.choice(questions)
    return Problem("talk", 0, language, vary(rng, question), Worked([reasoning], answer),
                   "talk " + question, kind=kind)
