// Package mongodb keeps documents on a MongoDB server or one compatible with it.
//
// A document is {_id, rev, k: {index: key}, d: body}: the body as a real
// document, so that other tools can read it, and the keys that package store
// computed, which are all that the indexes are built on. No transactions are
// used. A write is acknowledged by a majority and its journals.
package mongodb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"feria/store"
)

// Driver is a store.Driver over one database.
type Driver struct {
	client *mongo.Client
	db     *mongo.Database
	unique uniques
	watch  *watch
}

// database is used when the URI names none.
const database = "feria"

// patience is how long a server may take to be found at the start, and how long
// one that is there may take to answer, where the caller's context does not end
// earlier. One that goes away is found out sooner: see watch.
const patience = 20 * time.Second

// Open connects to the server of a mongodb:// or mongodb+srv:// URI, whose path
// names the database ("feria" if it names none), and waits for its answer.
// Errors: store.ErrUnavailable; they never hold the URI, which may hold a
// password.
func Open(ctx context.Context, uri string) (*Driver, error) {
	majority := writeconcern.Majority()
	journal := true
	majority.Journal = &journal
	o := options.Client().ApplyURI(uri).
		SetAppName("feria").
		SetWriteConcern(majority).
		SetRetryWrites(true).
		SetServerSelectionTimeout(patience).
		SetTimeout(patience)
	if err := o.Validate(); err != nil {
		return nil, errors.New("mongodb: the URI can not be read")
	}
	client, err := mongo.Connect(o)
	if err != nil {
		return nil, fmt.Errorf("mongodb: %w: %w", store.ErrUnavailable, err)
	}
	_, name, _ := split(uri)
	if name == "" {
		name = database
	}
	d := &Driver{client: client, db: client.Database(name)}
	if err := d.ping(ctx); err != nil {
		_ = d.disconnect() // the first error is the one that tells
		return nil, err
	}
	d.watch = newWatch(d.ping)
	return d, nil
}

// WithDatabase gives the URI with another database in its path.
func WithDatabase(uri, name string) (string, error) {
	before, _, after := split(uri)
	if before == "" {
		return "", errors.New("mongodb: the URI can not be read")
	}
	return before + "/" + name + after, nil
}

// split cuts a URI around its database. Package net/url can not do it, since
// several hosts with ports are allowed.
func split(uri string) (before, name, after string) {
	scheme, rest, ok := strings.Cut(uri, "://")
	if !ok {
		return "", "", ""
	}
	if at := strings.IndexByte(rest, '?'); at >= 0 {
		rest, after = rest[:at], rest[at:]
	}
	hosts, name, _ := strings.Cut(rest, "/")
	return scheme + "://" + hosts, name, after
}

// Kind is "mongodb".
func (d *Driver) Kind() string { return "mongodb" }

// Doubted says that the server must prove itself: one that speaks this protocol
// need not be exact. FerretDB v1 granted 480 of 200 claims.
func (d *Driver) Doubted() bool { return true }

// Ping asks the server, unless it is known to be away.
func (d *Driver) Ping(ctx context.Context) (err error) {
	ctx, done, err := d.watch.enter(ctx)
	if err != nil {
		return err
	}
	defer func() { err = done(err) }()
	return d.ping(ctx)
}

func (d *Driver) ping(ctx context.Context) error { return translate(d.client.Ping(ctx, nil)) }

// Close ends all connections; the second time there is nothing left to end.
func (d *Driver) Close() error {
	d.watch.stop()
	return d.disconnect()
}

func (d *Driver) disconnect() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := d.client.Disconnect(ctx)
	if errors.Is(err, mongo.ErrClientDisconnected) {
		return nil
	}
	return translate(err)
}

// Drop deletes the whole database. Tests use it on theirs.
func (d *Driver) Drop(ctx context.Context) error { return translate(d.db.Drop(ctx)) }

// Ensure builds the indexes that are missing; collections come by themselves.
func (d *Driver) Ensure(ctx context.Context, shapes []store.Shape) error {
	for _, shape := range shapes {
		models := make([]mongo.IndexModel, 0, len(shape.Indexes))
		for _, ix := range shape.Indexes {
			models = append(models, model(ix))
		}
		if len(models) > 0 {
			if _, err := d.db.Collection(shape.Collection).Indexes().CreateMany(ctx, models); err != nil {
				return fmt.Errorf("indexes of %s: %w", shape.Collection, translate(err))
			}
		}
		d.unique.set(shape)
	}
	return nil
}

// model is an index over a key and, where keys repeat, the id, so that the order
// of a scan is the index's own. A unique one holds only documents that have a
// key. The filter asks for existence, not for a type: of that a planner can
// prove that a range over text implies it.
func model(ix store.IndexShape) mongo.IndexModel {
	key := "k." + ix.Name
	if ix.Unique {
		return mongo.IndexModel{
			Keys: bson.D{{Key: key, Value: 1}},
			Options: options.Index().SetName("unique_" + ix.Name).SetUnique(true).
				SetPartialFilterExpression(bson.D{{Key: key, Value: bson.D{{Key: "$exists", Value: true}}}}),
		}
	}
	return mongo.IndexModel{
		Keys:    bson.D{{Key: key, Value: 1}, {Key: "_id", Value: 1}},
		Options: options.Index().SetName("by_" + ix.Name),
	}
}

// translate gives the driver's errors a type: what has to do with reaching the
// server, or with a server that may not write now, is ErrUnavailable; a
// duplicate key is ErrExists; the rest stays what it is.
func translate(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		// Its caller has left, or the driver has dropped a connection that it was
		// making, since the server went away: it says both like this.
		return fmt.Errorf("mongodb: %w: %w", store.ErrUnavailable, err)
	case mongo.IsDuplicateKeyError(err):
		return fmt.Errorf("mongodb: %w: %w", store.ErrExists, err)
	}
	var concern mongo.WriteException
	if errors.As(err, &concern) && len(concern.WriteErrors) > 0 {
		return fmt.Errorf("mongodb: %w", err)
	}
	var command mongo.CommandError
	if errors.As(err, &command) && !passing(command) {
		return fmt.Errorf("mongodb: %w", err)
	}
	return fmt.Errorf("mongodb: %w: %w", store.ErrUnavailable, err)
}

// passing says whether a server's no may become a yes without anybody changing
// anything: an election, a shutdown, a lost connection, a time limit.
func passing(e mongo.CommandError) bool {
	if e.HasErrorLabel("RetryableWriteError") || e.HasErrorLabel("NetworkError") || e.IsMaxTimeMSExpiredError() {
		return true
	}
	const (
		hostUnreachable, hostNotFound, networkTimeout = 6, 7, 89
		shutdown, interrupted, primarySteppedDown     = 91, 11600, 189
		notPrimary, notPrimaryOrSecondary, stepped    = 10107, 13436, 11602
		exceededTime                                  = 262
	)
	for _, code := range []int{hostUnreachable, hostNotFound, networkTimeout, shutdown, interrupted,
		primarySteppedDown, notPrimary, notPrimaryOrSecondary, stepped, exceededTime} {
		if e.HasErrorCode(code) {
			return true
		}
	}
	return false
}
