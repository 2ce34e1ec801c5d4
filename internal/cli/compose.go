package cli

import (
	"encoding/base32"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

// draft is a record being written: keys in the order people expect.
type draft struct {
	root *yamldoc.Node
}

func newDraft() *draft { return &draft{root: &yamldoc.Node{Kind: yamldoc.Mapping}} }

// set puts a value at a JSON pointer below the record, making mappings on the way.
func (d *draft) set(pointer string, v *yamldoc.Node) error {
	at := d.root
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, p := range parts {
		p = strings.ReplaceAll(strings.ReplaceAll(p, "~1", "/"), "~0", "~")
		if p == "" {
			return fmt.Errorf("the pointer %q has an empty part", pointer)
		}
		if i == len(parts)-1 {
			at.Set(p, v)
			break
		}
		next := at.Get(p)
		if next == nil {
			next = &yamldoc.Node{Kind: yamldoc.Mapping}
			at.Set(p, next)
		}
		if next.Kind != yamldoc.Mapping {
			return fmt.Errorf("the pointer %q leads through a value that is not a mapping", pointer)
		}
		at = next
	}
	return nil
}

func (d *draft) text(pointer, v string) {
	if v != "" {
		d.mustSet(pointer, yamldoc.Text(v))
	}
}

func (d *draft) list(pointer string, v []string) {
	if len(v) > 0 {
		d.mustSet(pointer, yamldoc.List(v...))
	}
}

// mustSet is set for pointers of our own.
func (d *draft) mustSet(pointer string, v *yamldoc.Node) {
	if err := d.set(pointer, v); err != nil {
		panic(err)
	}
}

// bytes is the record as a file, keys in the order of the format's page.
func (d *draft) bytes() []byte {
	order := map[string]int{}
	t := reflect.TypeFor[change.Record]()
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		order[name] = i
	}
	slices.SortStableFunc(d.root.Keys, func(a, b yamldoc.Key) int { return order[a.Name] - order[b.Name] })
	return yamldoc.Write(d.root)
}

// newID makes an id that parallel branches do not meet in:
// CHG-YYYYMMDD- and four random base-32 characters.
func newID(random io.Reader, now time.Time) (string, error) {
	var b [3]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("draw random id: %w", err)
	}
	word := base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding).EncodeToString(b[:])
	return "CHG-" + now.Format("20060102") + "-" + word[:4], nil
}
