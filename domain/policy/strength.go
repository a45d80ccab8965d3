package policy

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"
)

// StrengthNeeded is how many parts a password needs that are not guessed with
// their neighbours; see Strength.
const StrengthNeeded = 6

// What the parts of a password count: a word that everybody knows is one of
// several hundred, and rows, repetitions, years and the holder's own words are
// what is tried with each of them.
const (
	wordCounts = 2
	partCounts = 1
	endsCount  = 2 // digits and signs before or behind all letters, together,
	endsSpare  = 4 // as long as they are not more than 6
)

// shortestPart is how many characters a row, a repetition or a word has at least.
const shortestPart = 3

// keyRows are rows of keyboards of the five languages' countries, the digits
// and the alphabets, walked in both directions, from each of their keys on.
var keyRows = func() map[rune][][]rune {
	rows := map[rune][][]rune{}
	for _, keys := range both("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm",
		"1qaz2wsx3edc4rfv5tgb", "1q2w3e4r5t6y7u8i9o0p", "!@#$%^&*()", `!"§$%&/()=`, "αβγδεζηθικλμνξοπρστυφχψω", "ςερτυθιοπ", "ασδφγηξκλ") {
		for at, key := range keys {
			rows[key] = append(rows[key], keys[at:])
		}
	}
	return rows
}()

//go:embed common.txt
var commonList string

// commonStems are words of which passwords are made that are tried first, folded
// to small letters without accents, there and back, by what they begin with: the
// letter or what stands for it.
var commonStems = func() map[rune][][]rune {
	words := map[rune][][]rune{}
	for _, word := range both(strings.Fields(commonList)...) {
		words[word[0]] = append(words[word[0]], word)
		for sign, letters := range stands {
			if strings.ContainsRune(letters, word[0]) {
				words[sign] = append(words[sign], word)
			}
		}
	}
	return words
}()

// stands tells which letters a digit or sign stands for, as in "P@ssw0rd".
var stands = map[rune]string{
	'0': "o", '1': "li", '3': "e", '4': "a", '5': "s", '7': "t", '8': "b", '@': "a", '$': "s", '!': "il", '€': "e",
}

// plain folds letters with accents to those without.
var plain = strings.NewReplacer("ä", "a", "à", "a", "á", "a", "â", "a", "å", "a", "ö", "o", "ò", "o", "ó", "o", "ô", "o", "ø", "o", "ü", "u",
	"ù", "u", "ú", "u", "û", "u", "é", "e", "è", "e", "ê", "e", "ë", "e", "ì", "i", "í", "i", "î", "i", "ï", "i", "ß", "ss", "ά", "α", "έ", "ε",
	"ή", "η", "ί", "ι", "ό", "ο", "ύ", "υ", "ώ", "ω", "ς", "σ")

// fold makes one spelling of a text: small letters without accents.
func fold(text string) string { return plain.Replace(strings.ToLower(text)) }

// Strength counts the parts of a password that have to be guessed one by one.
// A character counts one, a word that everybody knows two; a row as on a
// keyboard, a repetition, a year, and each of the words given count one
// whatever their length. Up to six digits and signs at the ends count two together.
// Of several readings the weakest counts.
func Strength(password string, words []string) int {
	text := []rune(fold(password))
	own := make([][]rune, 0, len(words))
	for _, word := range words {
		if w := []rune(fold(word)); len(w) >= shortestPart {
			own = append(own, w)
		}
	}
	return min(weakest(text, own), weakest(slices.Compact(slices.Clone(text)), own))
}

// weakest reads a text from its end to its beginning: what is left from each
// place on counts what the cheapest part there and the rest behind it count.
func weakest(text []rune, own [][]rune) int {
	counts := make([]int, len(text)+1)
	for at := len(text) - 1; at >= 0; at-- {
		rest := text[at:]
		counts[at] = 1 + counts[at+1]
		part := max(row(rest), repeated(text, at), year(rest))
		for n := shortestPart; n <= part; n++ {
			counts[at] = min(counts[at], partCounts+counts[at+n])
		}
		for _, word := range commonStems[rest[0]] {
			if spells(rest, word) {
				counts[at] = min(counts[at], wordCounts+counts[at+len(word)])
			}
		}
		for _, word := range own {
			if spells(rest, word) {
				counts[at] = min(counts[at], partCounts+counts[at+len(word)])
			}
		}
	}
	return counts[0] - spared(text, counts)
}

// spared is by how much the digits and signs at both ends count less than one by
// one. A password without letters has no ends.
func spared(text []rune, counts []int) int {
	first := slices.IndexFunc(text, unicode.IsLetter)
	if first < 0 {
		return 0
	}
	behind := len(text)
	for !unicode.IsLetter(text[behind-1]) {
		behind--
	}
	return min(endsSpare, max(0, counts[0]-counts[first]+counts[behind]-endsCount))
}

// spells says whether a text begins with a word, in letters or in what stands
// for them.
func spells(text, word []rune) bool {
	if len(text) < len(word) {
		return false
	}
	for i, letter := range word {
		if text[i] != letter && !strings.ContainsRune(stands[text[i]], letter) {
			return false
		}
	}
	return true
}

// row is how many characters a text begins with that stand beside each other in
// one of the rows.
func row(text []rune) int {
	longest := 0
	for _, keys := range keyRows[text[0]] {
		n := 0
		for n < min(len(text), len(keys)) && keys[n] == text[n] {
			n++
		}
		longest = max(longest, n)
	}
	return longest
}

// repeated is how many characters from a place on are what was there before, the
// same way round or backwards.
func repeated(text []rune, at int) int {
	longest := 0
	for from := range at {
		same, back := 0, 0
		for at+same < len(text) && text[from+same] == text[at+same] {
			same++
		}
		for at+back < len(text) && from-back >= 0 && text[from-back] == text[at+back] {
			back++
		}
		longest = max(longest, same, back)
	}
	return longest
}

// year is 4 where a text begins with a year of somebody's life.
func year(text []rune) int {
	if len(text) < 4 || string(text[:2]) != "19" && string(text[:2]) != "20" || !unicode.IsDigit(text[2]) || !unicode.IsDigit(text[3]) {
		return 0
	}
	return 4
}

// common finds a password that is one word that everybody knows, or that word
// again and again, with digits and signs around it: the shape of nearly every
// entry of the published lists that is long enough for the rules.
func common(password string) bool {
	text := []rune(fold(password))
	for from := 0; from < len(text) && (from == 0 || !unicode.IsLetter(text[from-1])); from++ {
		for _, word := range commonStems[text[from]] {
			end := from
			for spells(text[end:], word) {
				end += len(word)
			}
			if end > from && !slices.ContainsFunc(text[end:], unicode.IsLetter) {
				return true
			}
		}
	}
	return false
}

// both adds each row backwards.
func both(rows ...string) (all [][]rune) {
	for _, keys := range rows {
		there := []rune(keys)
		back := slices.Clone(there)
		slices.Reverse(back)
		all = append(all, there, back)
	}
	return all
}
