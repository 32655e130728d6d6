package mongodb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"pgregory.net/rapid"

	"feria/store"
)

func TestWithDatabase(t *testing.T) {
	for _, row := range []struct{ name, uri, want string }{
		{"no path", "mongodb://h:1", "mongodb://h:1/new"},
		{"an empty path", "mongodb://h:1/", "mongodb://h:1/new"},
		{"another database", "mongodb://h:1/old", "mongodb://h:1/new"},
		{"several hosts and options", "mongodb://u:p@a:1,b:2/old?replicaSet=r", "mongodb://u:p@a:1,b:2/new?replicaSet=r"},
		{"options without a path", "mongodb+srv://h?ssl=true", "mongodb+srv://h/new?ssl=true"},
	} {
		if got, err := WithDatabase(row.uri, "new"); err != nil || got != row.want {
			t.Errorf("%s: %s, %v; want %s", row.name, got, err, row.want)
		}
	}
	if _, err := WithDatabase("localhost", "new"); err == nil {
		t.Error("what is no URI was taken")
	}
}

func TestOpen_keepsTheURIToItself(t *testing.T) {
	_, err := Open(t.Context(), "mongodb://name:geheim@host:port:port/?w=nonsense&x")
	if err == nil || strings.Contains(err.Error(), "geheim") {
		t.Errorf("error %v", err)
	}
}

// anyJSON draws what encoding/json can make.
func anyJSON() *rapid.Generator[any] {
	leaf := rapid.OneOf(
		rapid.Just[any](nil),
		rapid.Bool().AsAny(),
		rapid.String().AsAny(),
		rapid.Int64().AsAny(),
		rapid.Uint64().AsAny(),
		rapid.Float64().AsAny(),
	)
	deep := leaf
	for range 3 {
		below := deep
		deep = rapid.OneOf(leaf,
			rapid.SliceOfN(below, 0, 4).AsAny(),
			rapid.MapOfN(rapid.StringOf(rapid.RuneFrom([]rune("a.$%25E_\x00é"))), below, 0, 4).AsAny())
	}
	return deep
}

func TestJSON_comesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, err := json.Marshal(map[string]any{"v": anyJSON().Draw(t, "value")})
		if err != nil {
			t.Fatal(err)
		}
		value, err := fromJSON(before)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := bson.Marshal(bson.D{{Key: "d", Value: value}})
		if err != nil {
			t.Fatal(err)
		}
		after, err := appendJSON(nil, bson.Raw(raw).Lookup("d"))
		if err != nil {
			t.Fatal(err)
		}
		if a, b := exact(t, before), exact(t, after); !reflect.DeepEqual(a, b) {
			t.Fatalf("before %s\nafter  %s", before, after)
		}
	})
}

// exact decodes with numbers as whole numbers or doubles, never rounded.
func exact(t *rapid.T, body []byte) any {
	dec := json.NewDecoder(strings.NewReader(string(body)))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return plainNumbers(v)
}

func plainNumbers(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = plainNumbers(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = plainNumbers(v[k])
		}
	case json.Number:
		var u uint64
		if json.Unmarshal([]byte(v), &u) == nil {
			return u
		}
		var i int64
		if json.Unmarshal([]byte(v), &i) == nil {
			return i
		}
		f, err := v.Float64()
		if err != nil {
			return err
		}
		return f
	}
	return v
}

func TestRefused_isWhatTheServerCertainlyHasNotDone(t *testing.T) {
	victim := mongo.WriteException{WriteErrors: []mongo.WriteError{{Code: 1, Message: "deadlock detected"}}}
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"nothing":         {nil, false},
		"victim":          {translate(victim), true},
		"duplicate":       {translate(mongo.WriteException{WriteErrors: []mongo.WriteError{{Code: duplicate}}}), false},
		"maybe done":      {translate(mongo.WriteException{WriteConcernError: &mongo.WriteConcernError{}, WriteErrors: victim.WriteErrors}), false},
		"nobody answered": {translate(context.DeadlineExceeded), false},
		"a command":       {translate(mongo.CommandError{Code: 1}), false},
	} {
		if got := refused(c.err); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// A server that goes away may let the driver give up a connection that it was
// making, which it says as if the caller had left: people are told to try again.
func TestTranslate_whatTheDriverGaveUp(t *testing.T) {
	err := translate(fmt.Errorf("connection was made while its pool was cleared: %w", context.Canceled))
	if !errors.Is(err, store.ErrUnavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("%v is not unavailable, or no cancellation any more", err)
	}
}
