"""Weather bulletins: tables, what of a table is to be told, and sentences that tell it.

Everything is made here, by rules that a reader can see. What writes the sentences on
which a network learns is no oracle: as in real collections (Wiseman, Shieber and Rush,
2017, "Challenges in Data-to-Document Generation"), some facts are left out, some are
wrong, and some stand in no row. How often, the constants say.
"""

import random
import re
import zlib
from dataclasses import dataclass
from functools import cache

from aigc_helpers.reader import Mistake

MISSING = 0.05, 0.7  # how often a row is empty, at least and at most: a table's own
ODD = 0.1  # how often a value does not go with the others: readers edit single rows
OMITTED = 0.06  # how often a fact that is to be told is left out
WRONG = 0.03  # how often a row is misread: another number, another name
MIXED_UP = 0.5  # ... and how many of these numbers are those of another row
INVENTED = 0.01  # how often something is told of a row that is empty
ADVICE = 0.5  # how often somebody who should take an umbrella is told so

WARMER = 3  # degrees from which it is told that it is warmer, or colder, than before
MUCH = 8  # ... and from which it is much warmer, or colder
WINDY = 4  # force from which wind is told
LIKELY = 20  # per cent of rain above which it is told
UMBRELLA = 60  # per cent of rain from which an umbrella is needed
DRY, DAMP = 30, 80  # per cent of humidity up to which, and from which, it is told
LEVELS = {"优": 50, "良": 100, "轻度污染": 150, "中度污染": 200, "重度污染": 300}

CITIES = tuple(
    "北京 上海 天津 重庆 哈尔滨 长春 沈阳 大连 石家庄 太原 呼和浩特 济南 青岛 郑州 "
    "洛阳 西安 兰州 西宁 银川 乌鲁木齐 南京 苏州 杭州 宁波 合肥 南昌 福州 厦门 武汉 "
    "长沙 广州 深圳 南宁 桂林 海口 成都 贵阳 昆明 大理 拉萨".split()
)
WET = ("小雨", "中雨", "大雨", "雷阵雨", "小雪", "中雪", "雨夹雪")
RAINY = ("小雨", "中雨", "大雨", "雷阵雨", "雨夹雪")


@dataclass(frozen=True)
class Row:
    """One row of a table: its name, and the values that it may have.

    ``choices`` are names; without them the value is a whole number from ``low`` to
    ``high``, with a unit. Of a ``free`` row any short text will do, and the network
    never learns which it was.
    """

    name: str
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 0
    unit: str = ""
    free: bool = False

    @property
    def n_values(self) -> int:
        """How many values a network tells apart."""
        return 1 if self.free else len(self.choices) or self.high - self.low + 1

    def number_of(self, value) -> int:
        """The number, from 0, by which a network knows a value."""
        if self.free:
            return 0
        return self.choices.index(value) if self.choices else value - self.low

    def draw(self, rng: random.Random):
        """Any of the values, all alike."""
        return rng.choice(self.choices or range(self.low, self.high + 1))


ROWS = {
    "city": Row("城市", CITIES, free=True),
    "day": Row("日期", ("今天", "明天", "后天", *(f"周{c}" for c in "一二三四五六日"))),
    "weather": Row("天气", ("晴", "多云", "阴", "雾", *WET)),
    "high": Row("最高气温", low=-25, high=42, unit="℃"),
    "low": Row("最低气温", low=-35, high=32, unit="℃"),
    "before": Row("前一天最高气温", low=-25, high=42, unit="℃"),
    "direction": Row("风向", ("东", "南", "西", "北", "东北", "东南", "西北", "西南")),
    "force": Row("风力", low=0, high=12, unit="级"),
    "rain": Row("降水概率", low=0, high=100, unit="%"),
    "humidity": Row("湿度", low=5, high=100, unit="%"),
    "air": Row("空气质量指数", low=1, high=300),
}

# Several wordings a clause; what a clause needs stands in its braces. The first of each
# is that of the one-pattern template.
WORDINGS = {
    "city day": ("{city}{day}", "{day}{city}", "{day}，{city}"),
    "city": ("{city}",),
    "day": ("{day}",),
    "weather": ("{weather}", "天气{weather}", "以{weather}天气为主"),
    "wet": ("{weather}", "有{weather}", "将有{weather}", "迎来{weather}"),
    "low high": (
        "气温{low}到{high}℃",
        "气温在{low}℃到{high}℃之间",
        "最高气温{high}℃，最低气温{low}℃",
        "白天最高{high}℃，夜里最低{low}℃",
    ),
    "high": ("最高气温{high}℃", "白天最高{high}℃", "最高可达{high}℃"),
    "low": ("最低气温{low}℃", "夜里最低{low}℃", "最低降到{low}℃"),
    "warmer": ("比前一天升温", "比前一天的{before}℃高", "较前一天（{before}℃）回升"),
    "colder": ("比前一天降温", "比前一天的{before}℃低", "较前一天（{before}℃）下降"),
    "much warmer": (
        "比前一天明显升温",
        "比前一天的{before}℃高得多",
        "较前一天（{before}℃）大幅回升",
    ),
    "much colder": (
        "比前一天明显降温",
        "比前一天的{before}℃低得多",
        "较前一天（{before}℃）大幅下降",
    ),
    "direction force": (
        "{direction}风{force}级",
        "刮{force}级{direction}风",
        "风向{direction}，风力{force}级",
    ),
    "direction": ("{direction}风", "吹{direction}风", "风向{direction}"),
    "force": ("风力{force}级", "风力达到{force}级"),
    "rain": ("降水概率{rain}%", "有{rain}%的可能降水", "降水的可能性为{rain}%"),
    "damp": ("空气潮湿，湿度{humidity}%", "湿度高达{humidity}%"),
    "dry": ("空气干燥，湿度{humidity}%", "湿度低至{humidity}%"),
    "air": (
        "空气质量{level}",
        "空气质量指数{air}，属于{level}",
        "空气质量{level}（指数{air}）",
    ),
    "umbrella": ("出门请带伞", "记得带伞"),
    "nothing": ("没有特别要说的",),
}
ORDERS = (  # the first is the template's
    ("weather", "temperature", "trend", "wind", "rain", "humidity", "air"),
    ("weather", "rain", "temperature", "trend", "wind", "humidity", "air"),
    ("temperature", "trend", "weather", "rain", "wind", "air", "humidity"),
    ("weather", "temperature", "trend", "air", "humidity", "wind", "rain"),
)


# ---- tables ---------------------------------------------------------------------


def require_table(table: dict) -> None:
    """Raise a Mistake that names the first row, or value, that there is not."""
    for key, value in table.items():
        if key not in ROWS:
            raise Mistake(
                f"no row {key!r}; there are {list(ROWS)}",
                f"表里没有 {key!r} 这一行，可以写：{list(ROWS)}。",
            )
        row = ROWS[key]
        if row.free:
            known = isinstance(value, str) and 0 < len(value) <= 12
        elif row.choices:
            known = value in row.choices
        else:
            known = type(value) is int and row.low <= value <= row.high
        if not known:
            allowed = row.choices or f"{row.low} 到 {row.high} 的整数"
            raise Mistake(
                f"row {key!r} cannot be {value!r}",
                f"“{row.name}”不能是 {value!r}，可以写：{allowed}。",
            )


def random_table(rng: random.Random, *, held_out: bool | None = False) -> dict:
    """A table: the rows that are there, by name, and their values.

    Most values go together as in a plausible day; rows are missing at random, of one
    table more and of another fewer, but never all. Of all combinations of rows a fifth
    is ``held_out`` from training, see `is_held_out`; None takes any.
    """
    while True:
        day, missing = random_day(rng), rng.uniform(*MISSING)
        for key, row in ROWS.items():
            if rng.random() < ODD:
                day[key] = row.draw(rng)
        table = {key: day[key] for key in ROWS if rng.random() >= missing}
        if table and (held_out is None or is_held_out(table) == held_out):
            return table


def random_day(rng: random.Random) -> dict:
    """All rows of a plausible day."""
    high = round(rng.triangular(-25, 42, 20))
    dry, falling = ROWS["weather"].choices[:4], WET[-3:] if high < 4 else WET[:4]
    weather = rng.choice(dry + falling)
    is_wet = weather in WET
    return {
        "city": rng.choice(CITIES),
        "day": rng.choice(ROWS["day"].choices),
        "weather": weather,
        "high": high,
        "low": _clipped("low", high - rng.randint(2, 14)),
        "before": _clipped("before", high + round(rng.gauss(0, 6))),
        "direction": rng.choice(ROWS["direction"].choices),
        "force": min(int(rng.expovariate(1 / 4)), 12),
        "rain": rng.randint(40, 100) if is_wet else rng.randint(0, 60),
        "humidity": rng.randint(55, 100) if is_wet else rng.randint(5, 95),
        "air": random_index(rng),
    }


def random_index(rng: random.Random) -> int:
    """An index of air quality: a level, good ones more often, then a number of it."""
    i = rng.choices(range(5), (35, 30, 15, 10, 10))[0]
    ends = [0, *LEVELS.values()]
    return rng.randint(ends[i] + 1, ends[i + 1])


def held_out_tables(n: int, seed: int = 0) -> list[dict]:
    """Tables whose combinations of rows no training has seen."""
    rng = random.Random(seed)
    return [random_table(rng, held_out=True) for _ in range(n)]


def is_held_out(table: dict) -> bool:
    """Is this combination of rows one of the fifth that training never sees?

    A checksum of the names of the rows decides, so that no list is needed.
    """
    names = " ".join(key for key in ROWS if key in table)
    return zlib.crc32(f"reports {names}".encode()) % 5 == 0


def _clipped(key: str, value: int) -> int:
    return min(max(value, ROWS[key].low), ROWS[key].high)


# ---- what is to be told, and by which words -------------------------------------


def facts_to_tell(table: dict) -> list[str]:
    """The facts that a bulletin owes: names of rows, and "trend" for the row before.

    City, day, weather, temperatures and air always; what changes little, a light wind,
    an unlikely rain and ordinary humidity never.
    """
    told = [key for key in ("city", "day", "weather", "high", "low") if key in table]
    if abs(change(table)) >= WARMER:
        told.append("trend")
    if "direction" in table and table.get("force", WINDY) >= WINDY:
        told.append("direction")
    if table.get("force", 0) >= WINDY:
        told.append("force")
    if table.get("rain", 0) > LIKELY:
        told.append("rain")
    if "humidity" in table and not DRY < table["humidity"] < DAMP:
        told.append("humidity")
    return told + ["air"] * ("air" in table)


def change(table: dict) -> int:
    """By how many degrees it is warmer than before; 0 if that is not known."""
    known = "high" in table and "before" in table
    return table["high"] - table["before"] if known else 0


def level_of(index: int) -> str:
    """The word for an index of air quality, from 0 to 300, as in HJ 633-2012."""
    return next((name for name, most in LEVELS.items() if index <= most), "重度污染")


def needs_umbrella(table: dict) -> bool:
    """Does it rain, or probably?"""
    return table.get("weather") in RAINY or table.get("rain", 0) >= UMBRELLA


def clauses(table: dict, told) -> dict[str, str]:
    """Which wordings tell these facts of a table: part of the bulletin to a key."""
    found = {}
    for part, keys in {
        "opening": ("city", "day"),
        "temperature": ("low", "high"),
        "wind": ("direction", "force"),
    }.items():
        if here := [key for key in keys if key in told]:
            found[part] = " ".join(here)
    if "weather" in told:
        found["weather"] = "wet" if table["weather"] in WET else "weather"
    if "trend" in told:
        word = "warmer" if change(table) > 0 else "colder"
        found["trend"] = "much " * (abs(change(table)) >= MUCH) + word
    if "humidity" in told:
        found["humidity"] = "damp" if table["humidity"] >= DAMP else "dry"
    return found | {key: key for key in ("rain", "air") if key in told}


# ---- sentences, as lists of words: a value of a row is one, else a character -------


def write_report(
    table: dict, rng: random.Random, *, flawless: bool = False
) -> list[str]:
    """A bulletin in one of many wordings: what a network learns from.

    Unless ``flawless``, facts are left out (`OMITTED`), rows are misread (`WRONG`) and
    made up (`INVENTED`).
    """
    seen = table if flawless else misread(table, rng)
    told = facts_to_tell(seen)
    if not flawless:
        told = [fact for fact in told if rng.random() >= OMITTED] or told
    parts = clauses(seen, told)
    if needs_umbrella(seen) and rng.random() < ADVICE:
        parts["advice"] = "umbrella"
    parts = parts or {"advice": "nothing"}
    wording = {part: rng.choice(WORDINGS[key]) for part, key in parts.items()}
    return _words(wording, rng.choice(ORDERS), seen)


def misread(table: dict, rng: random.Random) -> dict:
    """The table as somebody saw it who is not careful."""
    day, seen = random_day(rng), {}
    for key, row in ROWS.items():
        if key not in table:
            if rng.random() < INVENTED:
                seen[key] = day[key]
        elif rng.random() >= WRONG:
            seen[key] = table[key]
        elif row.choices or rng.random() >= MIXED_UP:
            seen[key] = day[key]
        else:
            others = [v for v in table.values() if isinstance(v, int)]
            seen[key] = _clipped(key, rng.choice(others))
    return seen


def template_report(table: dict) -> list[str]:
    """The rival: one wording a clause, one order, all that is to be told."""
    parts = clauses(table, facts_to_tell(table)) or {"advice": "nothing"}
    return _words({p: WORDINGS[key][0] for p, key in parts.items()}, ORDERS[0], table)


def _words(wording: dict, order: tuple, table: dict) -> list[str]:
    """Words of the wordings in order; no comma behind the opening."""
    rest = [wording[part] for part in (*order, "advice") if part in wording]
    sentence = wording.get("opening", "") + "，".join(rest) + "。"
    values = {key: str(value) for key, value in table.items()}
    if "air" in table:
        sentence = sentence.replace("{level}", level_of(table["air"]))
    pieces = re.findall(r"\{(\w+)\}|(.)", sentence)
    return [values[key] if key else character for key, character in pieces]


@cache
def characters() -> tuple[str, ...]:
    """All characters of all wordings: what a network can write without copying."""
    wordings = "".join(sum(WORDINGS.values(), ()))
    texts = re.sub(r"\{\w+\}", "", wordings) + "，。" + "".join(LEVELS)
    return tuple(sorted(set(texts)))
