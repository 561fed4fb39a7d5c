package main

import (
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	organizationID = "ORGANIZATION_ID"
	programID      = "PROGRAM_ID"
	kid            = "KID"
)

type user struct{ id, firstName, lastName, email string }

// attendeeToken makes a token for one of your users, good for coming in during the next five minutes.
func attendeeToken(u user, privateKey *ecdsa.PrivateKey) (string, error) {
	id := make([]byte, 16)
	if _, err := rand.Read(id); err != nil {
		return "", err
	}
	now := time.Now().Unix()
	token := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{
		"organization_id":   organizationID,
		"token_use":         "selfcontained-access",
		"sub":               u.id,
		"given_name":        u.firstName,
		"family_name":       u.lastName,
		"email":             u.email,
		"roles":             []map[string]string{{"name": "ROLE_ATTENDEE", "eventId": programID}},
		"sharePersonalData": false,
		"iat":               now,
		"nbf":               now,
		"exp":               now + 300,
		"jti":               hex.EncodeToString(id),
	})
	token.Header["kid"] = kid
	return token.SignedString(privateKey)
}

func main() {
	pem, err := os.ReadFile("private.pem")
	if err != nil {
		log.Fatal(err)
	}
	privateKey, err := jwt.ParseECPrivateKeyFromPEM(pem)
	if err != nil {
		log.Fatal(err)
	}
	token, err := attendeeToken(user{"4711", "Ada", "Lovelace", "ada@aldermoor.example"}, privateKey)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token)
}
