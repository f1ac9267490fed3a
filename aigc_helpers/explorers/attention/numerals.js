// Chinese numerals and dates by exact rules; aigc_helpers/text/numerals.py has the same,
// and says why. Numbers are BigInts: 16 digits are more than a number of JavaScript holds.

const DIGITS = "零一二三四五六七八九";
const YEAR_DIGITS = "〇一二三四五六七八九";
const UNITS = ["", "十", "百", "千"];
const MOST_DIGITS = 16;
const MYRIAD = 10n ** 4n;
const HUNDRED_MILLION = 10n ** 8n;
const NUMBER_CHARACTERS = `${DIGITS}十百千万亿两`;
const KNOWN = `0123456789-${NUMBER_CHARACTERS}〇年月日号`;
const WIDE = new Map(Array.from("０１２３４５６７８９－／．，", (c, i) => [c, "0123456789-/.,"[i]]));
const DATE = /^(?:(\d+)-(\d+)-(\d+)|(\d+)年(\d+)月(\d+)[日号])$/;
const CHINESE_DATE = new RegExp(`^([${YEAR_DIGITS}]+)年([${DIGITS}十]+)月([${DIGITS}十]+)[日号]$`);
const ONE = `[${DIGITS.slice(1)}]`;
const GROUP = new RegExp(
  `^零?(?:(${ONE})千)?零?(?:(${ONE})百)?零?(?:(${ONE}?)十)?零?(${ONE})?$`,
);

// Its message is a sentence for the reader.
export class NoNumeral extends Error {}

function refuse(text, why) {
  const characters = Array.from(text);
  const shown = characters.length <= 24 ? text : `${characters.slice(0, 24).join("")}……`;
  const head = shown && `「${shown}」：`;
  throw new NoNumeral(`${why.startsWith(head) ? "" : head}${why}。`); // all is at fault
}

const refuseSize = (text) =>
  refuse(text, "只认得 0 到 9999 9999 9999 9999 的整数，最多十六位");

/* ---- writing ---- */

// A BigInt from 0 to 10^16 - 1 in Chinese characters.
export function writeNumber(number) {
  if (number < 0n || number >= 10n ** BigInt(MOST_DIGITS)) refuseSize(String(number));
  return number === 0n ? DIGITS[0] : opened(unopened(number));
}

function unopened(number) {
  const [high, low] = [number / HUNDRED_MILLION, number % HUNDRED_MILLION];
  if (!high) return belowHundredMillion(low);
  const apart = low && (low < 10n ** 7n || high % MYRIAD === 0n);
  return `${belowHundredMillion(high)}亿${apart ? "零" : ""}${belowHundredMillion(low)}`;
}

function belowHundredMillion(number) {
  const [high, low] = [number / MYRIAD, number % MYRIAD];
  if (!high) return group(low);
  return `${group(high)}万${low > 0n && low < 1000n ? "零" : ""}${group(low)}`;
}

function group(number) {
  const digits = String(number).padStart(4, "0");
  let text = "";
  for (let i = 0; i < 4; i++) {
    if (digits[i] !== "0") text += DIGITS[digits[i]] + UNITS[3 - i];
    else if (text && Number(digits.slice(i)) && !text.endsWith("零")) text += "零";
  }
  return text;
}

function opened(text) {
  return text.startsWith("一十") ? text.slice(1) : text.replace(/^二(?=[千万亿])/, "两");
}

const fourDigits = (year) => String(year).padStart(4, "0");
const twoDigits = (part) => String(part).padStart(2, "0");

function formsOfDate([year, month, day]) {
  const inCharacters = Array.from(fourDigits(year), (digit) => YEAR_DIGITS[digit]).join("");
  const [m, d] = [month, day].map((part) => writeNumber(BigInt(part)));
  return {
    digits: `${fourDigits(year)}-${twoDigits(month)}-${twoDigits(day)}`,
    mixed: `${year}年${month}月${day}日`,
    characters: `${inCharacters}年${m}月${d}日`,
  };
}

/* ---- reading ---- */

// {text, digits, characters, isChinese, isDate, isMixed}: text in the one form that a
// network knows. Throws a NoNumeral.
export function readNumeral(typed) {
  const text = normalise(typed);
  requireKnown(text);
  if (/[年月日号-]/.test(text)) {
    const { digits, mixed, characters } = formsOfDate(readDate(text));
    const isChinese = YEAR_DIGITS.includes(text[0]);
    const isMixed = !isChinese && text.includes("年");
    const kept = isChinese ? characters : isMixed ? mixed : digits;
    return { text: kept, digits, characters, isChinese, isMixed, isDate: true };
  }
  const number = readNumber(text);
  const [digits, characters] = [String(number), writeNumber(number)];
  const isChinese = !/^\d/.test(text);
  const kept = isChinese ? characters : digits;
  return { text: kept, digits, characters, isChinese, isMixed: false, isDate: false };
}

function requireKnown(text) {
  if (!text) refuse(text, "什么也没有写：写一个数，或者一个日期");
  if ("-负".includes(text[0])) refuse(text, "这里没有负数，最小是 0");
  if (/^([\d,]+\.\d+|[^点]+点[^点]+)$/.test(text)) refuse(text, "这里没有小数，只有整数");
  const foreign = [...new Set(text)].filter((c) => !KNOWN.includes(c));
  if (!foreign.length) return;
  const list = foreign.map((c) => `「${c}」`).join("、");
  refuse(text, `这里不认识${list}：只认得数字、汉字数字和日期`);
}

function normalise(typed) {
  const half = Array.from(typed, (c) => WIDE.get(c) ?? c).join("");
  const text = half.replace(/\s+/g, "");
  if (/^\d{1,3}(,\d{3})+$/.test(text)) return text.replaceAll(",", "");
  if (/^\d{3,4}([/.])\d+\1\d+$/.test(text)) return text.replace(/[/.]/g, "-");
  const end = text.lastIndexOf("年") + 1;
  const [year, rest] = [text.slice(0, end), text.slice(end)];
  return year.replaceAll("零", "〇") + rest.replaceAll("〇", "零");
}

function readNumber(text) {
  if (/^\d+$/.test(text)) {
    if (text.length > 1 && text[0] === "0") refuse(text, "数的前面不写 0");
    if (text.length > MOST_DIGITS) refuseSize(text);
    return BigInt(text);
  }
  const foreign = [...new Set(text)].filter((c) => !NUMBER_CHARACTERS.includes(c)).sort();
  if (foreign.length) {
    const mixed = foreign.join("、");
    refuse(text, `一个数要么全用数字写，要么全用汉字写，这里混着 ${mixed}`);
  }
  if (/十两|两(?![百千万亿])/.test(text)) {
    refuse(text, "「两」只用在百、千、万、亿的前面，别处写「二」");
  }
  const plain = text.replaceAll("两", "二");
  const number = valueOf(plain, text);
  if (number >= 10n ** BigInt(MOST_DIGITS)) refuseSize(text);
  const usual = writeNumber(number);
  const allowed = [usual.replaceAll("两", "二"), number ? unopened(number) : "零"];
  if (!allowed.includes(plain)) refuse(text, `${number} 应当写成「${usual}」`);
  return number;
}

// What characters stand for if rules of 零 and of the opening are let go.
function valueOf(plain, text) {
  if (plain === "零") return 0n;
  const twice = plain.match(/十十|百百|千千|万万|亿亿/);
  if (twice) refuse(text, `「${twice[0]}」：一个单位不能连着写两次`);
  const nothing = plain.match(/零[十百千万亿]/);
  if (nothing) refuse(text, `「${nothing[0]}」：零后面不跟单位`);
  const parts = plain.split("亿");
  if (parts.length > 2) refuse(text, "「亿」只能写一次：这里最大只到万亿");
  if (parts.length === 1) return largeGroup(plain, text);
  return HUNDRED_MILLION * largeGroup(parts[0], text) + largeGroup(parts[1], text, true);
}

function largeGroup(plain, text, mayBeEmpty = false) {
  const parts = plain.split("万");
  if (parts.length > 2) refuse(text, "「万」在亿的前面和后面都只能写一次");
  if (parts.length === 1) return smallGroup(plain, text, mayBeEmpty);
  return MYRIAD * smallGroup(parts[0], text) + smallGroup(parts[1], text, true);
}

function smallGroup(plain, text, mayBeEmpty = false) {
  if (!plain && !mayBeEmpty) refuse(text, "「万」和「亿」前面要有数");
  const found = plain.match(GROUP);
  if (!found) refuse(text, `「${plain}」里的数字和单位接不上：从千、百、十到个位`);
  const digits = found.slice(1).map((c) => (c === "" ? 1 : Math.max(0, DIGITS.indexOf(c))));
  const value = BigInt(digits.join(""));
  if (plain && !value) refuse(text, `「${plain}」：零不能单独占一组`);
  return value;
}

// [year, month, day] as numbers.
function readDate(text) {
  const [year, month, day] = partsOfDate(text);
  if (year.length !== 4 || Number(year) === 0) refuse(text, "年份要写四位，例如 2026");
  if (month < 1n || month > 12n) refuse(text, `没有 ${month} 月`);
  const last = new Date(Date.UTC(2000 + (year % 400), Number(month), 0)); // of the month
  if (day < 1n || day > BigInt(last.getUTCDate())) {
    refuse(text, `${year} 年 ${month} 月没有 ${day} 日`);
  }
  return [Number(year), Number(month), Number(day)];
}

function partsOfDate(text) {
  const found = text.match(DATE);
  if (found) {
    const [year, month, day] = found.slice(1).filter((part) => part !== undefined);
    return [year, BigInt(month), BigInt(day)];
  }
  const chinese = text.match(CHINESE_DATE);
  if (!chinese) {
    const forms = "2026-11-27、2026年11月27日或二〇二六年十一月二十七日";
    refuse(text, `日期要有年、月、日，写成 ${forms}`);
  }
  const year = Array.from(chinese[1], (c) => YEAR_DIGITS.indexOf(c)).join("");
  return [year, readNumber(chinese[2]), readNumber(chinese[3])];
}
