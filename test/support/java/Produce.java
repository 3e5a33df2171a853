import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.Base64;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Apache's own producer, for tests: brokers, topic, compression type; on stdin a line `key value` a record, in Base64. */
class Produce {
  public static void main(String[] args) throws Exception {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", args[0], "compression.type", args[2], "linger.ms", 200, "batch.size", 200_000);
    var lines = new BufferedReader(new InputStreamReader(System.in));
    var serializer = new ByteArraySerializer();
    try (var producer = new KafkaProducer<>(settings, serializer, serializer)) {
      var base64 = Base64.getDecoder();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] record = line.split(" ");
        producer.send(new ProducerRecord<>(args[1], base64.decode(record[0]), base64.decode(record[1])));
      }
    }
  }
}
