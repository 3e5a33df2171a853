package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
	"golang.org/x/sync/errgroup"
)

const (
	height    = 8
	width     = 1 << height
	atOnce    = 16
	bundles   = -1 // level of entry bundles, as sumdb/tlog counts
	maxAnswer = 32 << 20
)

var errNotFound = errors.New("not found")

var client = http.Client{
	Transport: &http.Transport{MaxIdleConnsPerHost: atOnce},
	Timeout:   30 * time.Second,
}

// source reads a log's resources over HTTP. It is a tlog.TileReader.
type source struct{ url string }

// get reads one resource, the path being relative to the log's URL.
func (s source) get(path string) ([]byte, error) {
	response, err := client.Get(strings.TrimSuffix(s.url, "/") + "/" + path)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	switch {
	case response.StatusCode == http.StatusNotFound:
		return nil, fmt.Errorf("%s: %w", path, errNotFound)
	case response.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%s: %s", path, response.Status)
	}
	return body, err
}

// getTile reads a tile or bundle. Where a partial one is gone the full one is read (C2SP tlog-tiles, "Partial Tiles").
func (s source) getTile(tile tlog.Tile) (content []byte, of tlog.Tile, err error) {
	content, err = s.get(path(tile))
	if tile.W == width || !errors.Is(err, errNotFound) {
		return content, tile, err
	}
	full := tile
	full.W = width
	if content, fullErr := s.get(path(full)); fullErr == nil {
		return content, full, nil
	}
	return nil, tile, err
}

// readHashes reads a tile of hashes, of exactly its width.
func (s source) readHashes(tile tlog.Tile) ([]byte, error) {
	content, of, err := s.getTile(tile)
	if err != nil {
		return nil, err
	}
	if len(content) != of.W*tlog.HashSize {
		return nil, fmt.Errorf("%s: it has %d bytes, not %d", path(of), len(content), of.W*tlog.HashSize)
	}
	return content[:tile.W*tlog.HashSize], nil
}

// readEntries reads a bundle's entries: each behind its length, and nothing behind the last.
func (s source) readEntries(tile tlog.Tile) ([][]byte, error) {
	content, of, err := s.getTile(tile)
	if err != nil {
		return nil, err
	}
	entries := make([][]byte, 0, of.W)
	for rest := content; len(entries) < of.W; {
		if len(rest) < 2 || len(rest) < 2+int(rest[0])<<8+int(rest[1]) {
			return nil, fmt.Errorf("%s: it ends within its entry %d of %d", path(of), len(entries), of.W)
		}
		end := 2 + int(rest[0])<<8 + int(rest[1])
		entries = append(entries, rest[2:end])
		rest = rest[end:]
		if len(entries) == of.W && len(rest) > 0 {
			return nil, fmt.Errorf("%s: it has %d surplus bytes behind its last entry", path(of), len(rest))
		}
	}
	return entries[:tile.W], nil
}

func (s source) Height() int { return height }

func (s source) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	return inParallel(tiles, s.readHashes)
}

func (s source) SaveTiles([]tlog.Tile, [][]byte) {}

// path is where C2SP tlog-tiles has a tile: as in the checksum database, without the height, and with "entries" for
// the level of entries.
func path(tile tlog.Tile) string {
	rest := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", height))
	return "tile/" + strings.Replace(rest, "data/", "entries/", 1)
}

// inParallel keeps the order.
func inParallel[In, Out any](items []In, do func(In) (Out, error)) ([]Out, error) {
	results := make([]Out, len(items))
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i, item := range items {
		group.Go(func() (err error) {
			results[i], err = do(item)
			return err
		})
	}
	return results, group.Wait()
}
