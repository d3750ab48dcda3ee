"""Words: for questions outside, for letter counting, and invented ones."""
import random

NOUNS = """apple banana cherry river mountain garden window table chair house street city country
dog cat horse bird fish lion tiger elephant mouse rabbit snake spider tree flower forest ocean
lake island desert planet star moon sun galaxy atom molecule cell brain heart blood bone doctor
teacher student lawyer engineer farmer soldier king queen president police artist painter singer
poet book novel poem story song film picture letter word sentence language grammar alphabet paper
pencil computer phone keyboard screen network server database program function variable algorithm
code bug file folder password email website browser robot engine car train plane ship bicycle bus
road bridge station airport hotel restaurant kitchen bread cheese butter milk coffee tea sugar
salt pepper soup salad pizza rice noodle egg chicken beef meal recipe breakfast dinner money bank
price tax market company office job salary contract war peace history law religion culture music
art science physics chemistry biology mathematics geometry algebra energy light heat water fire
air earth metal gold silver iron stone glass plastic wood cotton wool shirt shoe hat coat bag ring
clock watch calendar week month year winter spring summer autumn rain snow wind storm cloud sky
temperature pressure speed distance weight length circle triangle square cube number fraction
football tennis chess game player team prize party birthday wedding family mother father brother
sister child friend neighbour dream idea question answer problem reason truth love fear joy anger
hope memory health disease medicine vaccine virus hospital exercise sleep travel holiday map
museum theatre camera lamp mirror soap towel bed pillow door key lock ladder hammer nail rope
battery magnet laser rocket satellite telescope microscope volcano earthquake dinosaur dragon
ghost wizard castle sword treasure pirate ninja zebra penguin kangaroo strawberry""".split()
NAMES = """France Germany Japan Korea China India Brazil Canada Egypt Kenya Spain Italy Norway
Peru Chile Mexico Australia Turkey Greece Poland Paris London Seoul Tokyo Berlin Rome Madrid Cairo
Shakespeare Einstein Newton Mozart Picasso Darwin Plato Gandhi Napoleon Lincoln Churchill Curie
Python Java Rust Linux Google Amazon Tesla Bitcoin Wikipedia Harry Alice Bob Maria Anna Peter John
Kim Lee Mars Venus Jupiter Saturn Titanic Hamlet Batman Monday Friday Sunday January
Christmas""".split()
ADJECTIVES = """red blue green black white big small long short old new young good bad fast slow hot
cold happy sad rich poor easy hard strange famous important modern ancient beautiful dangerous
healthy cheap expensive dark bright quiet loud sweet bitter heavy light deep high wide empty full
clean dirty strong weak smart simple complex free public private wild gentle funny
serious""".split()
VERBS = """make build cook write read draw paint sing play learn teach study explain describe
compare
translate summarize improve fix repair clean wash buy sell find lose open close start stop run walk
drive fly swim climb eat drink sleep wake grow plant cut break move carry send receive call visit
help protect attack defend design plan organize measure test install delete copy save
print""".split()
FILLERS = """the a of to in for with on at from by about as into over after and or but if because so
than then that this these my your his her our their is are was were be has have do does did can
could will would should may not very too also just only even more most some any all no each every
what who where when why how which""".split()
KOREAN = """오늘 날씨 어때 서울 부산 사람 음식 추천 노래 영화 책 이야기 시 써 줘 알려 설명해 번역해 무엇
어디 언제 왜 어떻게 고양이 강아지 바다 산 하늘 학교 회사 친구 엄마 아빠 컴퓨터 프로그램 코드 만들어
역사 과학 수학 문제 풀어 곱하기 나누기 제곱 세계 나라 수도 대통령 가수 축구 게임 여행 비행기 기차 커피
김치 라면 요리 방법 건강 병원 돈 은행 주식 사랑 꿈 내일 어제 여름 겨울 좋아해 싫어해 입니까 인가요 해요""".split()

NUMBER_WORDS = """one two three four five six seven eight nine ten eleven twelve twenty thirty forty
fifty hundred thousand million""".split()

LONG_WORDS = """strawberry raspberry blueberry watermelon pineapple blackberry cranberry mississippi
tennessee banana committee bookkeeper successful accommodation embarrassment occurrence parallel
possession assessment aggressive cappuccino mozzarella broccoli cauliflower zucchini asparagus
butterfly dragonfly grasshopper hippopotamus rhinoceros crocodile chimpanzee caterpillar
international communication understanding responsibility characteristic electricity temperature
refrigerator helicopter encyclopedia dictionary photography imagination celebration congratulation
kindergarten championship neighborhood grandmother grandfather thunderstorm playground basketball
volleyball skateboard toothbrush strawberries raspberries blueberries potatoes tomatoes
architecture mathematician chocolate marshmallow peppermint cinnamon coriander extraordinary
independence environment development government department improvement measurement
entertainment announcement advertisement arrangement achievement
transportation organization civilization concentration determination
interpretation transformation recommendation representation
administration investigation""".split()
ALL_WORDS = sorted({word.lower() for word in NOUNS + NAMES + ADJECTIVES + VERBS + LONG_WORDS})
LENGTHS = {1: (3, 5), 2: (6, 8), 3: (9, 11), 4: (12, 16)}
LETTER_WORDS = {level: [word for word in ALL_WORDS if least <= len(word) <= most]
                for level, (least, most) in LENGTHS.items()}
CONSONANTS = "b c d f g h j k l m n p q r s t v w x z bb ch ck dd ff ll mm nn pp rr ss st".split()
CONSONANTS += "th sh tr pl tt br cr gr str".split()
VOWELS = "a e i o u a e i o ai ee ou y ea oo ie io".split()
ENDINGS = ["", "", "n", "r", "s", "l", "ck", "ing", "ed", "er", "ness", "tion", "y", "ly", "ment"]


def invented(rng: random.Random) -> str:
    """A word that does not exist."""
    syllables = [rng.choice(CONSONANTS) + rng.choice(VOWELS) for _ in range(rng.randrange(1, 5))]
    return "".join(syllables) + rng.choice(ENDINGS)
