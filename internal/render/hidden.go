package render

import "unicode"

// hidden reports whether a character is one that a reader cannot see or a
// terminal obeys: controls of both sets, bidirectional marks, zero-width and
// default-ignorable ones, private and unassigned ones. What a sink shows in its
// place is the sink's business.
func hidden(r rune) bool {
	const textStyle, emojiStyle, blankBraille = '\ufe0e', '\ufe0f', '\u2800'
	switch {
	case r == textStyle || r == emojiStyle:
		return false
	case r == blankBraille || !unicode.IsGraphic(r):
		return true
	}
	return unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
