package mongodb

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"golang.org/x/sync/errgroup"

	"feria/store"
)

// bulk does the writes at these places, all insertions or all puts, in one message.
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
	_, err := d.db.Collection(writes[at[0]].Collection).BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
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
}

func writeModel(w store.Write, doc bson.D) mongo.WriteModel {
	if w.Kind == store.Insert {
		return mongo.NewInsertOneModel().SetDocument(doc)
	}
	return mongo.NewReplaceOneModel().SetFilter(bson.D{{Key: "_id", Value: w.Doc.ID}}).SetReplacement(doc).SetUpsert(true)
}

// beside is how many messages of one caller are under way at a time.
const beside = 16

// each does the writes at these places in a message each. Those on a condition
// cannot share one: of a message the server says how many have found their
// revision, not which, and whoever looks afterwards may find the write of
// somebody else.
func (d *Driver) each(ctx context.Context, writes []store.Write, at []int, errs []error) {
	var group errgroup.Group
	group.SetLimit(beside)
	for _, i := range at {
		group.Go(func() error {
			errs[i] = d.one(ctx, writes[i])
			return nil
		})
	}
	_ = group.Wait()
}
