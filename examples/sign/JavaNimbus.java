import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;

public class JavaNimbus {
    private static final String organizationId = "ORGANIZATION_ID";
    private static final String programId = "PROGRAM_ID";
    private static final String kid = "KID";

    record User(String id, String firstName, String lastName, String email) {}

    static ECPrivateKey privateKey(Path file) throws Exception {
        String body = Files.readString(file).replaceAll("-----[A-Z ]+-----|\\s", "");
        return (ECPrivateKey) KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
    }

    /** A token for one of your users, good for coming in during the next five minutes. */
    static String attendeeToken(User user, ECPrivateKey privateKey) throws Exception {
        Instant now = Instant.now();
        SignedJWT token = new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256).type(JOSEObjectType.JWT).keyID(kid).build(),
            new JWTClaimsSet.Builder()
                .claim("organization_id", organizationId)
                .claim("token_use", "selfcontained-access")
                .subject(user.id())
                .claim("given_name", user.firstName())
                .claim("family_name", user.lastName())
                .claim("email", user.email())
                .claim("roles", List.of(Map.of("name", "ROLE_ATTENDEE", "eventId", programId)))
                .claim("sharePersonalData", false)
                .issueTime(Date.from(now))
                .notBeforeTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(300)))
                .jwtID(UUID.randomUUID().toString())
                .build());
        token.sign(new ECDSASigner(privateKey));
        return token.serialize();
    }

    public static void main(String[] arguments) throws Exception {
        User ada = new User("4711", "Ada", "Lovelace", "ada@aldermoor.example");
        System.out.println(attendeeToken(ada, privateKey(Path.of("private.pem"))));
    }
}
