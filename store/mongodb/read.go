package mongodb

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"feria/store"
)

// wanted leaves the keys on the server: nobody reads them back.
var wanted = bson.D{{Key: "k", Value: 0}}

// Get reads one document.
func (d *Driver) Get(ctx context.Context, collection, id string) (doc store.Doc, err error) {
	ctx, done, err := d.watch.enter(ctx)
	if err != nil {
		return store.Doc{}, err
	}
	defer func() { err = done(err) }()
	return d.get(ctx, collection, id)
}

func (d *Driver) get(ctx context.Context, collection, id string) (store.Doc, error) {
	raw, err := d.db.Collection(collection).
		FindOne(ctx, bson.D{{Key: "_id", Value: id}}, options.FindOne().SetProjection(wanted)).Raw()
	if err != nil {
		return store.Doc{}, missing(err, collection, id)
	}
	return read(raw)
}

// GetUnless asks for the revision alone first, which is all that most polls
// need.
func (d *Driver) GetUnless(ctx context.Context, collection, id string, rev int64) (doc store.Doc, changed bool, err error) {
	ctx, done, err := d.watch.enter(ctx)
	if err != nil {
		return store.Doc{}, false, err
	}
	defer func() { err = done(err) }()
	if rev != 0 {
		raw, err := d.db.Collection(collection).
			FindOne(ctx, bson.D{{Key: "_id", Value: id}}, options.FindOne().SetProjection(bson.D{{Key: "rev", Value: 1}})).Raw()
		if err != nil {
			return store.Doc{}, false, missing(err, collection, id)
		}
		if there, ok := raw.Lookup("rev").AsInt64OK(); ok && there == rev {
			return store.Doc{ID: id, Rev: rev}, false, nil
		}
	}
	doc, err = d.get(ctx, collection, id)
	return doc, err == nil && doc.Rev != rev, err
}

// manyKeys bounds the keys of one query.
const manyKeys = 1000

// GetMany reads those that exist.
func (d *Driver) GetMany(ctx context.Context, collection, index string, keys []string) (docs []store.Doc, err error) {
	ctx, done, err := d.watch.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = done(err) }()
	by := scanned(store.Scan{Index: index})
	for start := 0; start < len(keys); start += manyKeys {
		part := keys[start:min(start+manyKeys, len(keys))]
		found, err := d.find(ctx, collection, bson.D{{Key: by, Value: bson.D{{Key: "$in", Value: part}}}},
			options.Find().SetProjection(wanted).SetBatchSize(batch))
		if err != nil {
			return nil, err
		}
		docs = append(docs, found...)
	}
	return docs, nil
}

// batch is how many documents come in one answer of the server.
const batch = 1000

// Find reads one range of one index.
func (d *Driver) Find(ctx context.Context, collection string, scan store.Scan) (docs []store.Doc, err error) {
	ctx, done, err := d.watch.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = done(err) }()
	key, direction, after := scanned(scan), 1, "$gt"
	if scan.Desc {
		direction, after = -1, "$lt"
	}
	filter := bson.D{{Key: key, Value: bounds(scan)}}
	if scan.After != nil {
		beyond := func(key string, than string) bson.D {
			return bson.D{{Key: key, Value: bson.D{{Key: after, Value: than}}}}
		}
		switch {
		case scan.Index == "":
			filter = and(filter, beyond("_id", scan.After.ID))
		case scan.Unique:
			filter = and(filter, beyond(key, scan.After.Key))
		default:
			same := and(bson.D{{Key: key, Value: scan.After.Key}}, beyond("_id", scan.After.ID))
			filter = and(filter, bson.D{{Key: "$or", Value: bson.A{beyond(key, scan.After.Key), same}}})
		}
	}
	sort := bson.D{{Key: key, Value: direction}}
	if !scan.Unique {
		sort = append(sort, bson.E{Key: "_id", Value: direction})
	}
	o := options.Find().SetProjection(wanted).SetSort(sort).SetBatchSize(batch)
	if scan.Limit > 0 {
		o = o.SetLimit(int64(scan.Limit))
	}
	return d.find(ctx, collection, filter, o)
}

// Count counts one range of one index.
func (d *Driver) Count(ctx context.Context, collection string, scan store.Scan) (count int, err error) {
	ctx, done, err := d.watch.enter(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { err = done(err) }()
	n, err := d.db.Collection(collection).CountDocuments(ctx, bson.D{{Key: scanned(scan), Value: bounds(scan)}})
	return int(n), translate(err)
}

func scanned(scan store.Scan) string {
	if scan.Index == "" {
		return "_id"
	}
	return "k." + scan.Index
}

func bounds(scan store.Scan) bson.D {
	b := bson.D{{Key: "$gte", Value: scan.From}}
	if scan.To != "" {
		b = append(b, bson.E{Key: "$lt", Value: scan.To})
	}
	return b
}

func and(parts ...bson.D) bson.D {
	all := make(bson.A, len(parts))
	for i, p := range parts {
		all[i] = p
	}
	return bson.D{{Key: "$and", Value: all}}
}

func (d *Driver) find(ctx context.Context, collection string, filter bson.D, o *options.FindOptionsBuilder) ([]store.Doc, error) {
	cursor, err := d.db.Collection(collection).Find(ctx, filter, o)
	if err != nil {
		return nil, translate(err)
	}
	defer cursor.Close(ctx)
	var docs []store.Doc
	for cursor.Next(ctx) {
		doc, err := read(cursor.Current)
		if err != nil {
			return nil, err
		}
		docs = append(docs, doc)
	}
	return docs, translate(cursor.Err())
}

// read takes a stored document apart; the body becomes JSON again.
func read(raw bson.Raw) (store.Doc, error) {
	id, isText := raw.Lookup("_id").StringValueOK()
	rev, isNumber := raw.Lookup("rev").AsInt64OK()
	if !isText || !isNumber {
		return store.Doc{}, errors.New("mongodb: a document is not one of this program's")
	}
	body, err := appendJSON(nil, raw.Lookup("d"))
	if err != nil {
		return store.Doc{}, fmt.Errorf("mongodb: %q: %w", id, err)
	}
	return store.Doc{ID: id, Rev: rev, Body: body}, nil
}

func missing(err error, collection, id string) error {
	if errors.Is(err, mongo.ErrNoDocuments) {
		return fmt.Errorf("%w: %s %q", store.ErrAbsent, collection, id)
	}
	return translate(err)
}
