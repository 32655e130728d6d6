package api

import (
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"feria/people"
)

// longestKey is the most characters of an Idempotency-Key.
const longestKey = 255

// described is an action as the description of the API tells of it, with every
// answer that it may give; in is the type of its input.
func (o operation) described(in reflect.Type) huma.Operation {
	op := huma.Operation{
		OperationID: o.id, Method: o.method, Path: Prefix + o.path, Summary: o.summary, Tags: []string{o.tag},
		MaxBodyBytes: o.body,
		Errors: []int{
			http.StatusBadRequest, http.StatusUnauthorized, http.StatusNotFound, http.StatusConflict,
			http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusServiceUnavailable,
		},
		Security: []map[string][]string{{"token": {}}},
	}
	if o.created {
		op.DefaultStatus = http.StatusCreated
	}
	if (people.Actor{}).May(o.may, "") { // a token is not needed; one that is sent must be good
		op.Security = []map[string][]string{{}, {"token": {}}}
	}
	if !o.forAll() { // a browser's post from another site, too
		op.Errors = append(op.Errors, http.StatusForbidden)
	}
	_, file := in.FieldByName("RawBody")
	_, body := in.FieldByName("Body")
	if file || body {
		op.Errors = append(op.Errors, http.StatusRequestEntityTooLarge)
	}
	if body { // of a file, what it is tells its name
		op.Errors = append(op.Errors, http.StatusUnsupportedMediaType)
	}
	if o.creates || o.keyed {
		most := longestKey
		op.Parameters = []*huma.Param{{
			Name: "Idempotency-Key", In: "header", Schema: &huma.Schema{Type: huma.TypeString, MaxLength: &most},
			Description: "drawn anew for each new request; sent again with the same request it gives the first answer",
		}}
	}
	return op
}
