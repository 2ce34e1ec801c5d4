package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/render"
	"github.com/mergeseal/mergeseal/internal/schedule"
)

// slotOptions are the flags of schedule --next.
type slotOptions struct {
	Next    bool
	For     string
	Minutes int
	Type    string
}

func (o *slotOptions) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&o.Next, "next", false, "find the next free slots instead")
	f.StringVar(&o.For, "for", "", "with --next: the id of the change to move")
	f.IntVar(&o.Minutes, "minutes", 0, "with --next and --service: how long the change takes")
	f.StringVar(&o.Type, "type", "normal", "with --next and --service: the type of the change")
}

// check refuses flags that do not go together.
func (o slotOptions) check(changed func(string) bool, all scheduleOptions) error {
	only := func(why string, flags ...string) error {
		for _, name := range flags {
			if changed(name) {
				return usagef("--%s %s", name, why)
			}
		}
		return nil
	}
	switch {
	case !o.Next:
		return only("needs --next", "for", "minutes", "type")
	case o.For != "":
		return errors.Join(only("does not go with --next --for: the record says it", "service", "environment", "level", "minutes", "type"),
			only("does not go with --next, which looks 90 days ahead", "from", "to"))
	case all.Service == "" || all.Environment == "" || o.Minutes <= 0:
		return usagef("--next needs --for ID, or --service, --environment and --minutes above zero")
	case o.Minutes > int(schedule.SlotHorizon/time.Minute):
		return usagef("--minutes %d is longer than the 90 days that are looked at", o.Minutes)
	}
	return only("does not go with --next, which looks 90 days ahead", "from", "to")
}

// slotsShown is how many slots are found.
const slotsShown = 3

func runSlot(ctx context.Context, g *global, o scheduleOptions, p *plans) error {
	var err error
	if p.target.Builtin, err = builtin(); err != nil {
		return failed(err)
	}
	v := judge.View{From: p.target.Now, To: p.target.Now.Add(schedule.SlotHorizon), Zone: p.zone, Now: p.target.Now}
	wanted := v.Concerns
	if o.Slot.For != "" {
		wanted = func(f *change.File) bool { return field.Fold(f.Record.ID) == field.Fold(o.Slot.For) }
	}
	out, err := p.look(ctx, g, wanted)
	if err != nil {
		return err
	}
	var found schedule.Slots
	proof := "each was judged: the record was moved there, and nothing about its time stops it"
	if o.Slot.For != "" {
		found, err = out.Slots(ctx, p.target, o.Slot.For, slotsShown)
	} else {
		proof = "no window and no other change is in the way, and notice is given; rules of your own were not asked"
		found, err = flagSlots(out, o, p)
	}
	switch {
	case errors.Is(err, judge.ErrNoSuchChange):
		return usagef("--for: %w: neither on the base nor on a head that was named", err)
	case errors.Is(err, judge.ErrNoWindow):
		return usagef("--for: %w; add schedule, or give --service, --environment and --minutes", err)
	case err != nil:
		var e *exit
		if errors.As(err, &e) {
			return err
		}
		return failed(fmt.Errorf("find a slot: %w", err))
	}
	for i := range found.Slots {
		s := &found.Slots[i]
		s.Start.Time, s.End.Time = s.Start.In(p.zone), s.End.In(p.zone)
	}
	if err := o.Out.write(g, func(w io.Writer) error {
		if o.Out.format == "json" {
			return render.SlotsJSON(w, found)
		}
		return render.SlotsText(w, found, p.zone, p.target.Now, proof)
	}); err != nil {
		return err
	}
	if len(found.Slots) == 0 {
		return ended(ExitFail)
	}
	return nil
}

// flagSlots asks what the judge asks of windows, collisions and notice, for a
// change that nobody has written yet.
func flagSlots(out *judge.Outlook, o scheduleOptions, p *plans) (schedule.Slots, error) {
	if err := known(out.Law, o.Service, o.Environment); err != nil {
		return schedule.Slots{}, err
	}
	t := schedule.Target{Services: []string{o.Service}, Environments: []string{o.Environment}}
	if err := t.Type.ParseScalar(o.Slot.Type); err != nil {
		return schedule.Slots{}, usagef("--type %q: use %s", o.Slot.Type, strings.Join(change.Types(), ", "))
	}
	if o.Level != "" {
		if err := t.Level.ParseScalar(o.Level); err != nil {
			return schedule.Slots{}, usagef("--level %q: use %s", o.Level, strings.Join(field.Levels(), ", "))
		}
	}
	var required [][]string
	t.Tiers = []int{0}
	if s, known := out.Law.Services.Lookup(o.Service); known {
		t.Tiers[0], _ = s.Tiered()
		if len(s.Maintenance) > 0 {
			required = [][]string{s.Maintenance}
		}
	}
	now := p.target.Now
	t.Start, t.End = now, now.Add(time.Duration(o.Slot.Minutes)*time.Minute)
	return schedule.Next(schedule.Seek{
		Windows: out.Law.Windows, Required: required, Calendar: schedule.NewIndex(out.Bookings(), out.Rules(now)), Target: t,
		From: judge.Earliest(out.Law, t.Type, now), Until: now.Add(schedule.SlotHorizon), Most: slotsShown,
	})
}
