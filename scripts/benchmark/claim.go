package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"

	"github.com/gofiber/fiber/v2"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"
)

// The limit of booking over the MongoDB wire is what one writes who trusts
// MongoDB alone: one conditional FindOneAndUpdate takes the seats, then the rows
// are inserted. It has all it can have: a small document to decide on, and both
// rows, those that Feria left, in one insert into one collection that has no
// index but its own.

// rowFile holds the two rows of one booking of Feria's.
const rowFile = "rows.bson"

// claimed is how many seats each slot of the limit has: two for each claim.
const claimed = 500

// keepRows writes down a booking and its party as Feria stored them, for the
// limit to write the same.
func keepRows(ctx context.Context, uri, folder string) error {
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		return err
	}
	defer func() { _ = client.Disconnect(ctx) }() // everything was read by then
	var rows bson.A
	for _, name := range []string{"bookings", "parties"} {
		var doc bson.D
		if err := client.Database(*database).Collection(name).FindOne(ctx, bson.D{}).Decode(&doc); err != nil {
			return err
		}
		rows = append(rows, doc)
	}
	data, err := bson.Marshal(bson.D{{Key: "rows", Value: rows}})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, rowFile), data, 0o600)
}

// mountClaims answers POST /claim?round=N: two seats in the first slot of the
// round that is not full, slots taken one after the other as row 7 does.
func mountClaims(app *fiber.App, folder, uri string) error {
	data, err := os.ReadFile(filepath.Join(folder, rowFile))
	if err != nil {
		return err
	}
	var kept struct{ Rows []bson.D }
	if err := bson.Unmarshal(data, &kept); err != nil {
		return err
	}
	journal := true
	majority := writeconcern.Majority()
	majority.Journal = &journal
	client, err := mongo.Connect(options.Client().ApplyURI(uri).SetWriteConcern(majority).SetRetryWrites(true))
	if err != nil {
		return err
	}
	db := client.Database(*database)
	slots, rows := db.Collection("limit_slots"), db.Collection("limit_rows")
	var claims [rounds]atomic.Int64
	// Slots are made before the clock runs: more than a round can fill.
	for round := range rounds {
		for slot := range 20 {
			if _, err := slots.InsertOne(context.Background(), bson.D{{Key: "_id", Value: slotID(round, slot)}, {Key: "taken", Value: 0}}); err != nil {
				return err
			}
		}
	}
	app.Post("/claim", func(c *fiber.Ctx) error {
		ctx := c.UserContext()
		round := c.QueryInt("round")
		n := int(claims[round].Add(1)) - 1
		id := slotID(round, n/(claimed/2))
		free := bson.D{{Key: "_id", Value: id}, {Key: "taken", Value: bson.D{{Key: "$lte", Value: claimed - 2}}}}
		take := bson.D{{Key: "$inc", Value: bson.D{{Key: "taken", Value: 2}}}}
		if err := slots.FindOneAndUpdate(ctx, free, take).Err(); errors.Is(err, mongo.ErrNoDocuments) {
			return fiber.ErrConflict
		} else if err != nil {
			return err
		}
		both := make([]any, len(kept.Rows))
		for i, row := range kept.Rows {
			both[i] = withID(row, id+"/"+strconv.Itoa(n)+"/"+strconv.Itoa(i)+"/of-a-booking")
		}
		if _, err := rows.InsertMany(ctx, both); err != nil {
			return err
		}
		return c.Send(c.Body())
	})
	return nil
}

func slotID(round, slot int) string { return strconv.Itoa(round) + "-" + strconv.Itoa(slot) }

// withID is the row under another id.
func withID(row bson.D, id string) bson.D {
	out := make(bson.D, len(row))
	copy(out, row)
	for i := range out {
		if out[i].Key == "_id" {
			out[i].Value = id
		}
	}
	return out
}
