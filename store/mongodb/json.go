package mongodb

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// fromJSON makes BSON values of JSON so that appendJSON gives the same JSON
// back, but for the order of names and the spelling of numbers.
func fromJSON(body []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber() // whole numbers above 2^53 must survive
	return decodeValue(dec)
}

func decodeValue(dec *json.Decoder) (any, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch v := token.(type) {
	case json.Delim:
		if v == '{' {
			return decodeObject(dec)
		}
		return decodeArray(dec)
	case json.Number:
		return decodeNumber(v.String())
	default: // string, bool, nil
		return v, nil
	}
}

func decodeObject(dec *json.Decoder) (any, error) {
	object := bson.D{}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		v, err := decodeValue(dec)
		if err != nil {
			return nil, err
		}
		object = append(object, bson.E{Key: escape(name.(string)), Value: v})
	}
	_, err := dec.Token()
	return object, err
}

func decodeArray(dec *json.Decoder) (any, error) {
	array := bson.A{}
	for dec.More() {
		v, err := decodeValue(dec)
		if err != nil {
			return nil, err
		}
		array = append(array, v)
	}
	_, err := dec.Token()
	return array, err
}

// decodeNumber takes the narrowest type that holds the number exactly: 64-bit
// integer, then decimal for greater whole numbers, else double, which is what
// JSON's fractions come from.
func decodeNumber(text string) (any, error) {
	whole := !strings.ContainsAny(text, ".eE") && text != "-0"
	if whole {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n, nil
		}
		if n, err := bson.ParseDecimal128(text); err == nil {
			return n, nil
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, fmt.Errorf("number %s does not fit", text)
	}
	return f, nil
}

func appendJSON(to []byte, v bson.RawValue) ([]byte, error) {
	switch v.Type {
	case bson.TypeString:
		return appendText(to, v.StringValue())
	case bson.TypeInt64:
		return strconv.AppendInt(to, v.Int64(), 10), nil
	case bson.TypeInt32: // nobody here writes it, but a person with another tool does
		return strconv.AppendInt(to, int64(v.Int32()), 10), nil
	case bson.TypeDouble:
		return appendDouble(to, v.Double())
	case bson.TypeDecimal128:
		return append(to, v.Decimal128().String()...), nil
	case bson.TypeBoolean:
		return strconv.AppendBool(to, v.Boolean()), nil
	case bson.TypeNull:
		return append(to, "null"...), nil
	case bson.TypeEmbeddedDocument:
		elements, err := v.Document().Elements()
		if err != nil {
			return nil, err
		}
		to = append(to, '{')
		for i, e := range elements {
			if i > 0 {
				to = append(to, ',')
			}
			if to, err = appendText(to, unescape(e.Key())); err != nil {
				return nil, err
			}
			if to, err = appendJSON(append(to, ':'), e.Value()); err != nil {
				return nil, err
			}
		}
		return append(to, '}'), nil
	case bson.TypeArray:
		values, err := v.Array().Values()
		if err != nil {
			return nil, err
		}
		to = append(to, '[')
		for i, item := range values {
			if i > 0 {
				to = append(to, ',')
			}
			if to, err = appendJSON(to, item); err != nil {
				return nil, err
			}
		}
		return append(to, ']'), nil
	}
	return nil, fmt.Errorf("holds a value of type %s, which is none of JSON's", v.Type)
}

func appendDouble(to []byte, f float64) ([]byte, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, fmt.Errorf("holds the number %v, which JSON has not", f)
	}
	return strconv.AppendFloat(to, f, 'g', -1, 64), nil
}

func appendText(to []byte, s string) ([]byte, error) {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] == '"' || s[i] == '\\' || s[i] >= 0x80 {
			quoted, err := json.Marshal(s)
			return append(to, quoted...), err
		}
	}
	return append(append(append(to, '"'), s...), '"'), nil
}

// Names that servers refuse or read as paths or operators are escaped: those
// with a dot or a NUL in them, a dollar in front, or nothing at all.
var (
	escaper   = strings.NewReplacer("%", "%25", ".", "%2E", "$", "%24", "\x00", "%00")
	unescaper = strings.NewReplacer("%25", "%", "%2E", ".", "%24", "$", "%00", "\x00", "%_", "")
)

func escape(name string) string {
	if name == "" {
		return "%_"
	}
	return escaper.Replace(name)
}

func unescape(name string) string {
	if strings.IndexByte(name, '%') < 0 {
		return name
	}
	return unescaper.Replace(name)
}
