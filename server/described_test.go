package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"feria/people"
)

// description is the OpenAPI document, read as any client would.
type description struct {
	OpenAPI string                               `json:"openapi"`
	Paths   map[string]map[string]map[string]any `json:"paths"`
	Parts   struct {
		Schemas map[string]map[string]any `json:"schemas"`
	} `json:"components"`
}

func describe(t *testing.T, v *visitor) description {
	t.Helper()
	var d description
	p := v.get("/api/openapi.json").want(t, 200)
	if err := json.Unmarshal([]byte(p.body), &d); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(d.OpenAPI, "3.1") {
		t.Errorf("the description is of version %s", d.OpenAPI)
	}
	for name := range d.Parts.Schemas {
		if !componentName.MatchString(name) {
			t.Errorf("OpenAPI allows no component to be called %q", name)
		}
	}
	return d
}

var componentName = regexp.MustCompile(`^[a-zA-Z0-9._-]+$`)

// fits says where a value does not fit its schema: types, required members,
// members that the schema does not name, enumerations.
func (d description) fits(schema map[string]any, value any, at string) []string {
	if ref, ok := schema["$ref"].(string); ok {
		return d.fits(d.Parts.Schemas[ref[strings.LastIndexByte(ref, '/')+1:]], value, at)
	}
	var wrong []string
	if enum, ok := schema["enum"].([]any); ok && !slices.Contains(enum, value) {
		wrong = append(wrong, fmt.Sprintf("%s: %v is none of %v", at, value, enum))
	}
	var types []string
	switch x := schema["type"].(type) {
	case string:
		types = []string{x}
	case []any:
		for _, one := range x {
			types = append(types, fmt.Sprint(one))
		}
	}
	is := map[bool]string{true: "integer", false: "number"}
	got := ""
	switch v := value.(type) {
	case nil:
		got = "null"
	case string:
		got = "string"
	case bool:
		got = "boolean"
	case float64:
		got = is[v == float64(int64(v))]
	case []any:
		got = "array"
		if items, ok := schema["items"].(map[string]any); ok {
			for i, one := range v {
				wrong = append(wrong, d.fits(items, one, fmt.Sprintf("%s[%d]", at, i))...)
			}
		}
	case map[string]any:
		got = "object"
		members, _ := schema["properties"].(map[string]any)
		for name, one := range v {
			switch m, ok := members[name].(map[string]any); {
			case ok:
				wrong = append(wrong, d.fits(m, one, at+"."+name)...)
			case schema["additionalProperties"] == false:
				wrong = append(wrong, at+"."+name+" is not described")
			default:
				if more, ok := schema["additionalProperties"].(map[string]any); ok {
					wrong = append(wrong, d.fits(more, one, at+"."+name)...)
				}
			}
		}
		for _, name := range asList(schema["required"]) {
			if _, ok := v[fmt.Sprint(name)]; !ok {
				wrong = append(wrong, fmt.Sprintf("%s lacks %v", at, name))
			}
		}
	}
	if len(types) > 0 && !slices.Contains(types, got) && !(got == "integer" && slices.Contains(types, "number")) {
		wrong = append(wrong, fmt.Sprintf("%s: is %s, described as %v", at, got, types))
	}
	return wrong
}

func asList(v any) []any { l, _ := v.([]any); return l }

// caller is a program whose every answer is held against the description.
type caller struct {
	*visitor
	d      description
	called map[string]bool
}

func (c caller) call(method, template string, args []string, body any, status int, headers ...string) map[string]any {
	c.t.Helper()
	i := 0
	path := regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllStringFunc(template, func(string) string { i++; return args[i-1] })
	if len(args) > i { // the rest is the query
		path += "?" + strings.Join(args[i:], "&")
	}
	p := c.json(method, path, body, nil, headers...)
	if p.StatusCode != status {
		c.t.Fatalf("%s %s: status %d, want %d: %.500s", method, path, p.StatusCode, status, p.body)
	}
	op := c.d.Paths["/api/v1"+template][strings.ToLower(method)]
	if op == nil {
		c.t.Fatalf("%s %s is not described", method, template)
	}
	c.called[method+" "+template] = true
	if status == http.StatusNoContent {
		return nil
	}
	responses := op["responses"].(map[string]any)
	response, ok := responses[fmt.Sprint(status)].(map[string]any)
	if !ok {
		if response, ok = responses["default"].(map[string]any); !ok {
			c.t.Fatalf("%s %s: status %d is not described", method, template, status)
		}
	}
	var value any
	if err := json.Unmarshal([]byte(p.body), &value); err != nil {
		c.t.Fatalf("%s %s: %v: %.300s", method, template, err, p.body)
	}
	kind := "application/json"
	if status >= 400 {
		kind = "application/problem+json"
		if got := p.Header.Get("Content-Type"); got != kind {
			c.t.Errorf("%s %s: a refusal of type %s", method, template, got)
		}
	}
	content, _ := response["content"].(map[string]any)[kind].(map[string]any)
	if content == nil {
		c.t.Fatalf("%s %s: %s of status %d is not described", method, template, kind, status)
	}
	for _, wrong := range c.d.fits(content["schema"].(map[string]any), value, method+" "+template) {
		c.t.Error(wrong)
	}
	object, _ := value.(map[string]any)
	return object
}

// Of every action it is described how it is called and refused: with or without a
// token, with a key where it creates, and with a body that is none of its own.
func TestAPI_describesEveryRefusal(t *testing.T) {
	town, _ := newTown(t)
	d := describe(t, town.visitor())
	nobody := caller{town.visitor(), d, map[string]bool{}}
	nobody.token = "feria_nobodys.token"
	owner := caller{town.program(people.Owner, ""), d, map[string]bool{}}
	refuse := func(c caller, method, template string, status int, headers ...string) {
		t.Helper()
		args := make([]string, strings.Count(template, "{"))
		for i := range args {
			args[i] = "learning-week"
		}
		c.call(method, template, args, map[string]string{}, status, headers...)
	}
	keyless := []string{"POST /tokens"} // its answer is stored nowhere
	for path, methods := range d.Paths {
		template := strings.TrimPrefix(path, "/api/v1")
		for method, op := range methods {
			method = strings.ToUpper(method)
			refuse(nobody, method, template, 401)
			if method != "GET" {
				c := caller{town.visitor(), d, nobody.called}
				refuse(c, method, template, 403, "Sec-Fetch-Site", "cross-site")
			}
			responses := op["responses"].(map[string]any)
			body, _ := op["requestBody"].(map[string]any)
			if body != nil && responses["413"] == nil {
				t.Errorf("%s %s takes a body, and none is too large", method, template)
			}
			if content, _ := body["content"].(map[string]any); content["application/json"] != nil {
				refuse(owner, method, template, 415, "Content-Type", "text/xml")
			}
			keyed := slices.ContainsFunc(asList(op["parameters"]), func(p any) bool {
				m := p.(map[string]any)
				return m["name"] == "Idempotency-Key" && m["in"] == "header" && m["required"] != true
			})
			if creates := responses["201"] != nil && !slices.Contains(keyless, method+" "+template); keyed != creates {
				t.Errorf("%s %s creates: %v, takes a key: %v", method, template, creates, keyed)
			}
			open := slices.ContainsFunc(asList(op["security"]), func(s any) bool { return len(s.(map[string]any)) == 0 })
			p := town.visitor().json(method, strings.NewReplacer("{event}", "learning-week", "{", "", "}", "").Replace(template), nil, nil)
			if asked := p.StatusCode == 401; open == asked || len(asList(op["security"])) == 0 {
				t.Errorf("%s %s without a token: status %d, described as %v", method, template, p.StatusCode, op["security"])
			}
		}
	}
}

// Whatever the description names, it names as all members are named.
func TestAPI_membersAreLowerCase(t *testing.T) {
	town, _ := newTown(t)
	for name, schema := range describe(t, town.visitor()).Parts.Schemas {
		members, _ := schema["properties"].(map[string]any)
		for member := range members {
			if member != strings.ToLower(member) {
				t.Errorf("%s has the member %s", name, member)
			}
		}
	}
}
