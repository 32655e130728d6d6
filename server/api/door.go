package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"feria/festival"
	"feria/locale"
	"feria/people"
	"feria/ticketing"
)

// AtGate is the path of what belongs to a gate.
type AtGate struct {
	InEvent
	Gate string `path:"gate" doc:"the gate's word in addresses; to scan and to count also one that it had before, if no other gate has it now"`
}

// verdict is what a gate answers: the result and reason as codes, and the words
// for the volunteer.
type verdict struct {
	Result   ticketing.Result `json:"result" enum:"ok,incomplete,error"`
	Reason   ticketing.Reason `json:"reason,omitempty" doc:"invalid, other_event, revoked, blocked, invalid_time, rules, canceled, no_booking, already_redeemed or over_party"`
	Why      ticketing.Why    `json:"why,omitempty" doc:"the reason in more detail"`
	Word     string           `json:"word" doc:"the one big word"`
	Sentence string           `json:"sentence"`
	Next     string           `json:"next,omitempty" doc:"what to say or do"`
	Name     string           `json:"name,omitempty" doc:"whose pass it is"`
	Passed   int              `json:"passed" doc:"how many go through now"`
	In       int              `json:"in" doc:"how many of the party are inside now"`
	Seats    int              `json:"seats" doc:"how many they are"`
	First    *firstScan       `json:"first,omitempty" doc:"the entry that came before"`
	At       time.Time        `json:"at" doc:"when the scan happened, corrected"`
	ClockOff bool             `json:"clock_off,omitempty" doc:"the device's clock is wrong"`
	Replayed bool             `json:"replayed,omitempty" doc:"this scan was known already"`
}

type firstScan struct {
	At   time.Time   `json:"at"`
	Gate locale.Text `json:"gate,omitempty"`
}

// scanView is a scan as lists show it.
type scanView struct {
	ID        string              `json:"id"`
	Gate      string              `json:"gate"`
	Device    string              `json:"device"`
	Nonce     string              `json:"nonce"`
	At        time.Time           `json:"at"`
	ScannedAt time.Time           `json:"scanned_at"`
	ClockOff  bool                `json:"clock_off,omitempty"`
	Direction ticketing.Direction `json:"direction"`
	Name      string              `json:"name,omitempty"`
	Result    ticketing.Result    `json:"result" doc:"what the door was told"`
	Reason    ticketing.Reason    `json:"reason,omitempty"`
	Final     ticketing.Reason    `json:"final,omitempty" doc:"what the fold over all scans gives in the end, or what had become of the pass when a scan came late"`
	Passed    int                 `json:"passed"`
	Doubles   int                 `json:"doubles,omitempty"`
}

func (a *API) mountDoor() {
	type gateBody struct {
		InEvent
		Body ticketing.Gate
	}
	type changeGate struct {
		AtGate
		Body ticketing.Gate
	}
	register(a, operation{id: "list-gates", method: http.MethodGet, path: "/events/{event}/gates", tag: "Door", summary: "The gates", may: people.DoorScan},
		func(ctx context.Context, in *PageInEvent) (*answer[list[ticketing.Gate]], error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			gates, err := a.p.Ticketing.Gates(ctx, e.ID)
			if err != nil {
				return nil, err
			}
			return done(pageOfSlice(gates, in.Paging, func(g ticketing.Gate) string { return g.ID }))
		})
	register(a, operation{id: "create-gate", method: http.MethodPost, path: "/events/{event}/gates", tag: "Door", summary: "Make a gate", may: people.ConsoleEdit, created: true, creates: true},
		func(ctx context.Context, in *gateBody) (*answer[ticketing.Gate], error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			in.Body.ID, in.Body.Event = "", e.ID
			return done(a.p.SaveGate(ctx, in.Body, callOf(ctx).by()))
		})
	register(a, operation{id: "put-gate", method: http.MethodPut, path: "/events/{event}/gates/{gate}", tag: "Door", summary: "Change a gate", may: people.ConsoleEdit},
		func(ctx context.Context, in *changeGate) (*answer[ticketing.Gate], error) {
			_, gate, err := a.gate(ctx, in.AtGate)
			if err != nil {
				return nil, err
			}
			in.Body.ID, in.Body.Event = gate.ID, gate.Event
			return done(a.p.SaveGate(ctx, in.Body, callOf(ctx).by()))
		})
	register(a, operation{id: "remove-gate", method: http.MethodDelete, path: "/events/{event}/gates/{gate}", tag: "Door", summary: "Set a gate aside", may: people.ConsoleEdit},
		func(ctx context.Context, in *AtGate) (*struct{}, error) {
			_, gate, err := a.gate(ctx, *in)
			if err != nil {
				return nil, err
			}
			return nil, a.p.Ticketing.RemoveGate(ctx, gate.ID, callOf(ctx).by())
		})
	type gateID struct {
		InEvent
		ID string `path:"id" doc:"the last part of the gate's id: its word may be another's by now"`
	}
	register(a, operation{id: "list-removed-gates", method: http.MethodGet, path: "/events/{event}/removed-gates", tag: "Door", summary: "The gates that were set aside", may: people.ConsoleEdit},
		func(ctx context.Context, in *PageInEvent) (*answer[list[ticketing.Gate]], error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			gates, err := a.p.Ticketing.RemovedGates(ctx, e.ID)
			if err != nil {
				return nil, err
			}
			return done(pageOfSlice(gates, in.Paging, func(g ticketing.Gate) string { return g.ID }))
		})
	register(a, operation{id: "restore-gate", method: http.MethodPost, path: "/events/{event}/removed-gates/{id}/restore", tag: "Door", summary: "Bring a gate back that was set aside", may: people.ConsoleEdit},
		func(ctx context.Context, in *gateID) (*answer[ticketing.Gate], error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			id := festival.RecordID(e.ID, in.ID)
			if err := a.p.Ticketing.RestoreGate(ctx, id, callOf(ctx).by()); err != nil {
				return nil, err
			}
			return done(a.p.Ticketing.Gate(ctx, id))
		})
	register(a, operation{id: "count-gate", method: http.MethodGet, path: "/events/{event}/gates/{gate}/counts", tag: "Door", summary: "How it stands at a gate", may: people.DoorScan},
		func(ctx context.Context, in *AtGate) (*answer[ticketing.Counts], error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			gate, err := a.p.Ticketing.GateOfDoor(ctx, e.ID, in.Gate)
			if err != nil {
				return nil, err
			}
			return done(a.p.Ticketing.Inside(ctx, gate))
		})

	type scanBody struct {
		AtGate
		Body struct {
			Token     string              `json:"token" required:"true" maxLength:"4096" doc:"the text of the QR code, or the short code"`
			Nonce     string              `json:"nonce" required:"true" doc:"names this scan on its device; sent again it is the same scan"`
			Device    string              `json:"device,omitempty" doc:"names the device; absent: the token of the API"`
			ScannedAt time.Time           `json:"scanned_at,omitempty" doc:"by the device's clock; absent: now"`
			SentAt    time.Time           `json:"sent_at,omitempty" doc:"the device's clock when it sent; corrects a wrong clock, and has a scan that waited judged by what stood when it happened"`
			Direction ticketing.Direction `json:"direction,omitempty" enum:"entry,exit" default:"entry"`
			Count     int                 `json:"count,omitempty" minimum:"0" maximum:"500" doc:"how many of the party; 0 or absent: all who remain"`
		}
	}
	register(a, operation{id: "scan", method: http.MethodPost, path: "/events/{event}/gates/{gate}/scans", tag: "Door", summary: "Scan a pass", may: people.DoorScan},
		func(ctx context.Context, in *scanBody) (*answer[verdict], error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			gate, err := a.p.Ticketing.GateOf(ctx, e.ID, in.Gate, in.Body.ScannedAt, in.Body.SentAt)
			if err != nil {
				return nil, err
			}
			c := callOf(ctx)
			token, code := ticketing.SplitInput(in.Body.Token)
			device := in.Body.Device
			if device == "" {
				device = c.actor.ID
			}
			if code != "" {
				if err := a.p.AllowCode(ctx, gate.ID, c.actor.ID, device); err != nil {
					return nil, err
				}
			}
			v, err := a.p.Ticketing.Scan(ctx, ticketing.ScanRequest{
				Event: e, Gate: gate, Token: token, Code: code, Nonce: in.Body.Nonce, Device: device,
				ScannedAt: in.Body.ScannedAt, SentAt: in.Body.SentAt, Direction: in.Body.Direction, Count: in.Body.Count, By: c.by(),
			})
			return done(verdictView(c, e, v), err)
		})
	type scansQuery struct {
		AtGate
		Paging
	}
	register(a, operation{id: "list-scans", method: http.MethodGet, path: "/events/{event}/gates/{gate}/scans", tag: "Door", summary: "The scans of a gate, newest first, also the refused ones", may: people.ConsoleView},
		func(ctx context.Context, in *scansQuery) (*answer[list[scanView]], error) {
			_, gate, err := a.gate(ctx, in.AtGate)
			if err != nil {
				return nil, err
			}
			scans, next, err := a.p.Ticketing.Scans(ctx, ticketing.ScanQuery{Gate: gate.ID, Limit: in.Limit, After: in.After})
			if err != nil {
				return nil, err
			}
			out := list[scanView]{Items: []scanView{}, Next: next}
			for _, s := range scans {
				out.Items = append(out.Items, scanView{
					ID: festival.Own(s.ID), Gate: gate.Slug, Device: s.Device, Nonce: s.Nonce, At: s.At, ScannedAt: s.ScannedAt, ClockOff: s.ClockOff,
					Direction: s.Direction, Name: s.Name, Result: s.Result, Reason: s.Reason, Final: s.Final, Passed: s.Passed, Doubles: s.Doubles,
				})
			}
			return ok(out), nil
		})

	type rotated struct {
		Key ticketing.KeyInfo `json:"key"`
	}
	register(a, operation{id: "list-keys", method: http.MethodGet, path: "/events/{event}/keys", tag: "Door", summary: "The keys that sign the passes", may: people.ConsolePeople},
		func(ctx context.Context, in *PageInEvent) (*answer[list[ticketing.KeyInfo]], error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			keys, err := a.p.Ticketing.Keys(ctx, e)
			if err != nil {
				return nil, err
			}
			return done(pageOfSlice(keys, in.Paging, func(k ticketing.KeyInfo) string { return strconv.Itoa(int(k.ID)) }))
		})
	register(a, operation{id: "rotate-key", method: http.MethodPost, path: "/events/{event}/keys", tag: "Door", summary: "Sign new passes with a new key; the old one stays good", may: people.ConsolePeople, created: true, creates: true},
		func(ctx context.Context, in *InEvent) (*answer[rotated], error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			key, err := a.p.Ticketing.RotateKey(ctx, e, callOf(ctx).by())
			return done(rotated{key}, err)
		})
	type oneKey struct {
		InEvent
		Key uint8 `path:"key"`
	}
	register(a, operation{id: "withdraw-key", method: http.MethodDelete, path: "/events/{event}/keys/{key}", tag: "Door", summary: "Refuse every pass signed with this key", may: people.ConsolePeople},
		func(ctx context.Context, in *oneKey) (*struct{}, error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			return nil, a.p.Ticketing.WithdrawKey(ctx, e, in.Key, callOf(ctx).by())
		})
}

func (a *API) gate(ctx context.Context, in AtGate) (festival.Event, ticketing.Gate, error) {
	e, err := a.event(ctx, in.Event)
	if err != nil {
		return e, ticketing.Gate{}, err
	}
	gate, err := a.p.Ticketing.GateBySlug(ctx, e.ID, in.Gate)
	return e, gate, err
}

func verdictView(c call, e festival.Event, v ticketing.Verdict) verdict {
	out := verdict{
		Result: v.Result, Reason: v.Reason, Why: v.Why, Name: v.Name, Passed: v.Passed, In: v.In, Seats: v.Seats,
		At: v.At, ClockOff: v.ClockOff, Replayed: v.Replayed,
	}
	zone, err := festival.Zone(e.Zone)
	if err != nil {
		zone = time.UTC
	}
	out.Word, out.Sentence, out.Next = v.Say(c.printer, zone)
	if v.First != nil {
		out.First = &firstScan{At: v.First.At, Gate: v.Gate}
	}
	return out
}
