import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.Base64;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Apache's own producer, for tests: brokers, topic; on stdin a line `compression key value` a record, key and value in
 * Base64. Records of one compression type come after each other.
 */
class Produce {
  public static void main(String[] args) throws Exception {
    var lines = new BufferedReader(new InputStreamReader(System.in));
    var serializer = new ByteArraySerializer();
    var base64 = Base64.getDecoder();
    String[] record = next(lines);
    while (record != null) {
      String type = record[0];
      Map<String, Object> settings =
          Map.of("bootstrap.servers", args[0], "compression.type", type, "linger.ms", 200, "batch.size", 200_000);
      try (var producer = new KafkaProducer<>(settings, serializer, serializer)) {
        for (; record != null && record[0].equals(type); record = next(lines)) {
          producer.send(new ProducerRecord<>(args[1], base64.decode(record[1]), base64.decode(record[2])));
        }
      }
    }
  }

  private static String[] next(BufferedReader lines) throws Exception {
    String line = lines.readLine();
    return line == null ? null : line.split(" ");
  }
}
