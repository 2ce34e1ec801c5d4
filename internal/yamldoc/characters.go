package yamldoc

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
)

// characters refuses bytes that a reader cannot see or that change what they see.
func characters(file string, data []byte) (found diag.List) {
	line, col := 1, 1
	for i := 0; i < len(data) && len(found) < maxOfAKind; {
		r, size := utf8.DecodeRune(data[i:])
		where := source.Range{File: file, Start: source.Pos{Line: line, Col: col}, End: source.Pos{Line: line, Col: col + 1}}
		switch {
		case r == utf8.RuneError && size == 1:
			found = append(found, diag.New("MS008", where, "the byte 0x%02X is not UTF-8", data[i]).WithHint("save the file as UTF-8"))
		case r == '\r' && i+1 < len(data) && data[i+1] == '\n':
		case r == 0xFEFF && i == 0:
			found = append(found, diag.New("MS008", where, "%s is not allowed", describe(r)).WithHint("save the file as UTF-8 without a byte order mark"))
		case forbidden(r):
			found = append(found, diag.New("MS008", where, "%s is not allowed", describe(r)).WithHint("delete the character; type it anew if it was meant"))
		}
		i += size
		if col++; r == '\n' {
			line, col = line+1, 1
		}
	}
	return found
}

// forbidden holds for control and format characters (Cc, Cf), for separators
// of lines that editors do not show as such, for letters without a shape, and
// for code points that have no meaning between two parties.
func forbidden(r rune) bool {
	if r < 0x7F {
		return r < ' ' && r != '\n' && r != '\t'
	}
	switch r {
	case '\u2028', '\u2029', '\u034F', '\u115F', '\u1160', '\u17B4', '\u17B5', '\u3164', '\uFFA0':
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Noncharacter_Code_Point)
}

func describe(r rune) string {
	name := "the character"
	switch {
	case r == 0xFEFF:
		name = "a byte order mark,"
	case unicode.Is(unicode.Bidi_Control, r):
		name = "a bidirectional control character,"
	case r >= 0x200B && r <= 0x200D || r == 0x2060:
		name = "a zero-width character,"
	case unicode.Is(unicode.Cc, r):
		name = "a control character,"
	}
	return fmt.Sprintf("%s U+%04X", name, r)
}

func splitLines(data []byte) []string {
	return strings.Split(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n")
}

// lookalikes are Cyrillic and Greek letters that are drawn like a Latin one
// (https://www.unicode.org/Public/security/latest/confusables.txt).
const lookalikes = "АВЕЅІЈКМНОРСТУХЬаеѕіјорсухԁһԛԝѵкмнтв" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορτυχγϲϳ"

// mixedWord returns the first word of a text that holds both Latin letters and
// letters of another script that look Latin, or "". A word ends at anything
// but a letter, a mark or a digit: IT-отдел is two words, and Δt is no lie.
func mixedWord(text string) string {
	start, latin, alike := -1, false, false
	for i, r := range text {
		if unicode.In(r, unicode.L, unicode.M, unicode.Nd) {
			if start < 0 {
				start, latin, alike = i, false, false
			}
			latin = latin || unicode.Is(unicode.Latin, r)
			alike = alike || r >= 0x370 && strings.ContainsRune(lookalikes, r)
			continue
		}
		if start >= 0 && latin && alike {
			return text[start:i]
		}
		start = -1
	}
	if start >= 0 && latin && alike {
		return text[start:]
	}
	return ""
}

// suspicious warns of words that are not what they look like (CVE-2021-42694),
// and of text that another program may compare as different.
func (d *Decoder) suspicious(text string, where source.Range, pointer string) {
	if ascii(text) {
		return
	}
	if word := mixedWord(text); word != "" {
		d.Add(diag.New("MS013", where, "%s: the word %s mixes Latin letters with look-alikes of another script", fieldName(pointer), diag.Quote(spelt(word))).
			WithHint("type the word anew on one keyboard"))
	}
	if !norm.NFC.IsNormalString(text) {
		d.Add(diag.New("MS013", where, "%s is not in Unicode's normal form C: the same letters are spelt in two ways", fieldName(pointer)).
			WithHint("save it composed, as %s", diag.Quote(norm.NFC.String(text))))
	}
}

// spelt shows which letters of a word are not Latin.
func spelt(word string) string {
	var b strings.Builder
	for _, r := range word {
		if b.WriteRune(r); r >= 0x370 && strings.ContainsRune(lookalikes, r) {
			fmt.Fprintf(&b, "(U+%04X)", r)
		}
		if b.Len() > 50 {
			break
		}
	}
	return b.String()
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
