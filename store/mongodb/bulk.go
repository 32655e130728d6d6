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

// bulk does the writes at these places, which are of one kind, in one message.
func (d *Driver) bulk(ctx context.Context, writes []store.Write, at []int, errs []error) {
	models := make([]mongo.WriteModel, 0, len(at))
	place := make([]int, 0, len(at))
	for _, i := range at {
		doc, err := stored(writes[i].Doc)
		if err != nil {
			errs[i] = err
			continue
		}
		place = append(place, i)
		models = append(models, writeModel(writes[i], doc))
	}
	if len(models) == 0 {
		return
	}
	res, err := d.db.Collection(writes[at[0]].Collection).BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
	var many mongo.BulkWriteException
	if err != nil && (!errors.As(err, &many) || many.WriteConcernError != nil || len(many.WriteErrors) == 0) {
		for _, i := range place {
			errs[i] = fmt.Errorf("mongodb: %w: %w", store.ErrUnavailable, err)
		}
		return
	}
	for _, one := range many.WriteErrors {
		i := place[one.Index]
		if one.HasErrorCode(duplicate) {
			errs[i] = d.conflict(ctx, writes[i])
		} else { // refused, see one
			errs[i] = d.one(ctx, writes[i])
		}
	}
	if writes[at[0]].Kind == store.Replace && res.MatchedCount < int64(len(models)) {
		d.notReplaced(ctx, writes, place, int(res.MatchedCount), errs)
	}
}

func writeModel(w store.Write, doc bson.D) mongo.WriteModel {
	at := bson.D{{Key: "_id", Value: w.Doc.ID}}
	switch w.Kind {
	case store.Insert:
		return mongo.NewInsertOneModel().SetDocument(doc)
	case store.Put:
		return mongo.NewReplaceOneModel().SetFilter(at).SetReplacement(doc).SetUpsert(true)
	}
	return mongo.NewReplaceOneModel().SetFilter(append(at, bson.E{Key: "rev", Value: w.If})).SetReplacement(doc)
}

// notReplaced tells which replacements of a message have found their revision:
// the server only says how many. Those whose revision stands now were done; where
// these are not all, somebody has written since, and about the others' nothing is
// known.
func (d *Driver) notReplaced(ctx context.Context, writes []store.Write, at []int, matched int, errs []error) {
	ids := make([]string, len(at))
	for n, i := range at {
		ids[n] = writes[i].Doc.ID
	}
	docs, err := d.GetMany(ctx, writes[at[0]].Collection, "", ids)
	revs := make(map[string]int64, len(docs))
	for _, doc := range docs {
		revs[doc.ID] = doc.Rev
	}
	for _, i := range at {
		if errs[i] == nil && revs[writes[i].Doc.ID] == writes[i].Doc.Rev {
			matched--
		}
	}
	for _, i := range at {
		w := writes[i]
		switch rev, there := revs[w.Doc.ID]; {
		case errs[i] != nil, rev == w.Doc.Rev: // it has its answer
		case err != nil:
			errs[i] = err
		case matched > 0:
			errs[i] = fmt.Errorf("mongodb: %w: whether %s %q was written is not known", store.ErrUnavailable, w.Collection, w.Doc.ID)
		case !there:
			errs[i] = fmt.Errorf("%w: %s %q", store.ErrAbsent, w.Collection, w.Doc.ID)
		default:
			errs[i] = fmt.Errorf("%w: %s %q", store.ErrStale, w.Collection, w.Doc.ID)
		}
	}
}
