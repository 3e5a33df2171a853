// Checker verifies a transparency log in the C2SP formats with the tree and the notes of the Go project's checksum
// database (golang.org/x/mod/sumdb): none of its code is ours but the formats that differ (tile paths, entry bundles,
// tlog-proof).
//
//	checker -url URL -key FILE [-held FILE] [-save FILE]   the whole log, over HTTP
//	checker -proof FILE [-entry FILE] -key FILE            one entry, offline
//
// The last line of its output is the result. Exit code 0: accepted; 1: refused; 2: wrong use.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

func main() {
	logURL := flag.String("url", "", "URL of the log, under which checkpoint and tiles are")
	keyFile := flag.String("key", "", "file with the verifier keys that are trusted, one a line")
	heldFile := flag.String("held", "", "file with an older checkpoint, which the log must continue")
	saveFile := flag.String("save", "", "file that gets the checkpoint, if the log is accepted")
	proofFile := flag.String("proof", "", "a .tlog-proof file, to be verified offline")
	entryFile := flag.String("entry", "", "the entry that the proof is about; else it must be the proof's extra data")
	flag.Parse()
	if flag.NArg() > 0 || *keyFile == "" || (*logURL == "") == (*proofFile == "") {
		fmt.Fprintln(os.Stderr, "Give -key and either -url or -proof; see -help.")
		os.Exit(2)
	}
	verifiers, err := readKeys(*keyFile)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	var accepted string
	if *proofFile != "" {
		accepted, err = checkProof(*proofFile, *entryFile, verifiers)
	} else {
		accepted, err = checkLog(*logURL, *heldFile, *saveFile, verifiers)
	}
	if err != nil {
		fmt.Println("REFUSED:", err)
		os.Exit(1)
	}
	fmt.Println("ACCEPTED:", accepted)
}

// readKeys reads verifier keys, one a line.
func readKeys(file string) ([]note.Verifier, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var verifiers []note.Verifier
	for _, key := range strings.Fields(string(text)) {
		verifier, err := note.NewVerifier(key)
		if err != nil {
			return nil, fmt.Errorf("%s: %q: %w", file, key, err)
		}
		verifiers = append(verifiers, verifier)
	}
	if len(verifiers) == 0 {
		return nil, fmt.Errorf("%s holds no verifier key", file)
	}
	return verifiers, nil
}
