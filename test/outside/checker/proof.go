package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// checkProof verifies a C2SP tlog-proof for an entry, without the log.
func checkProof(proofFile, entryFile string, verifiers []note.Verifier) (string, error) {
	text, err := os.ReadFile(proofFile)
	if err != nil {
		return "", err
	}
	head, signed, found := strings.Cut(string(text), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || lines[0] != "c2sp.org/tlog-proof@v1" {
		return "", errors.New("it is no tlog-proof")
	}
	lines = lines[1:]
	var entry []byte
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		if entry, err = decode(strings.TrimPrefix(lines[0], "extra ")); err != nil {
			return "", err
		}
		lines = lines[1:]
	}
	if entryFile != "" {
		if entry, err = os.ReadFile(entryFile); err != nil {
			return "", err
		}
	}
	if entry == nil {
		return "", errors.New("the proof holds no entry; give one with -entry")
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return "", errors.New("it has no index")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "index "), 10, 64)
	if err != nil || index < 0 || "index "+strconv.FormatInt(index, 10) != lines[0] {
		return "", fmt.Errorf("its index is %q", lines[0])
	}
	var path tlog.RecordProof
	for _, line := range lines[1:] {
		hash, err := decode(line)
		if err != nil || len(hash) != tlog.HashSize {
			return "", fmt.Errorf("%q is no hash", line)
		}
		path = append(path, tlog.Hash(hash))
	}
	latest, err := openCheckpoint([]byte(signed), verifiers)
	if err != nil {
		return "", err
	}
	if index >= latest.tree.N {
		return "", fmt.Errorf("the log of %d entries has no entry %d", latest.tree.N, index)
	}
	if err := tlog.CheckRecord(path, latest.tree.N, latest.tree.Hash, index, tlog.RecordHash(entry)); err != nil {
		return "", fmt.Errorf("entry %d is not proved: %w", index, err)
	}
	return fmt.Sprintf("entry %d of %s, %d bytes, in the log of %d entries",
		index, latest.origin, len(entry), latest.tree.N), nil
}

func decode(text string) ([]byte, error) {
	bytes, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || strings.ContainsAny(text, "\r\n") {
		return nil, fmt.Errorf("%q is no base64", text)
	}
	return bytes, nil
}
