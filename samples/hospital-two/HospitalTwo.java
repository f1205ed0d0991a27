import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.spannm.jackcess.*;
import java.io.*;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.*;

/**
 * Hospital two: the same kind of system on an Access file, with a small web form. Its tables and numbers are its own, dates are
 * text (dd/MM/yyyy), names stand in Urdu beside Latin script. It knows nothing of anybody else.
 *   java -cp 'lib/*' HospitalTwo.java hospital.accdb 8082
 */
public class HospitalTwo {
  private static final int FORM_BYTES_MAX = 64 * 1024;
  /** Columns by table; the first are its key. */
  private static final Map<String, List<String>> COLUMNS = new LinkedHashMap<>();
  private static final Map<String, Integer> KEY_COLUMNS = Map.of("Mareez", 1, "Daakhla", 1, "Test", 2);

  static {
    COLUMNS.put("Mareez", List.of("Mareez No", "Name", "Naam", "Jins", "Tareekh Paidaish", "Shanakhti No", "Phone", "Pata", "Shehar"));
    COLUMNS.put("Daakhla", List.of("Parchi No", "Mareez No", "Qism", "Aamad", "Rukhsat"));
    COLUMNS.put("Test", List.of("Parchi No", "Satar", "Test Code", "Test Naam", "Natija", "Paimana", "Waqt"));
  }

  private final File file;

  private HospitalTwo(File file) {
    this.file = file;
  }

  public static void main(String[] arguments) throws Exception {
    HospitalTwo hospital = new HospitalTwo(new File(arguments[0]));
    if (!hospital.file.exists()) hospital.createTables();
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[1])), 0);
    server.createContext("/", hospital::answer);
    server.start();
    System.out.println("hospital two listens on http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void createTables() throws Exception {
    try (Database database = DatabaseBuilder.create(Database.FileFormat.V2010, file)) {
      for (Map.Entry<String, List<String>> table : COLUMNS.entrySet()) {
        TableBuilder builder = DatabaseBuilder.newTable(table.getKey());
        for (String column : table.getValue()) builder.addColumn(new ColumnBuilder(column, DataType.TEXT).withLengthInUnits(100));
        String[] key = table.getValue().subList(0, KEY_COLUMNS.get(table.getKey())).toArray(new String[0]);
        builder.addIndex(new IndexBuilder(IndexBuilder.PRIMARY_KEY_NAME).withColumns(key).withPrimaryKey());
        builder.toTable(database);
      }
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String table = URLDecoder.decode(exchange.getRequestURI().getPath().substring(1), StandardCharsets.UTF_8);
      if (exchange.getRequestMethod().equals("GET") && table.isEmpty()) send(exchange, 200, page());
      else if (exchange.getRequestMethod().equals("POST") && COLUMNS.containsKey(table)) save(exchange, table);
      else send(exchange, 404, "no such page");
    } catch (Exception fault) {
      send(exchange, 500, fault.getClass().getSimpleName());
    }
  }

  private synchronized void save(HttpExchange exchange, String name) throws Exception {
    byte[] body = exchange.getRequestBody().readNBytes(FORM_BYTES_MAX);
    Map<String, String> form = read(new String(body, StandardCharsets.UTF_8));
    List<String> columns = COLUMNS.get(name);
    Map<String, Object> key = new LinkedHashMap<>();
    for (String column : columns.subList(0, KEY_COLUMNS.get(name))) key.put(column, form.get(column));
    try (Database database = DatabaseBuilder.open(file)) {
      Table table = database.getTable(name);
      Row row = CursorBuilder.findRow(table, key);
      if (row == null) {
        table.addRow(columns.stream().map(form::get).toArray());
      } else {
        for (String column : columns) if (form.containsKey(column)) row.put(column, form.get(column));
        table.updateRow(row);
      }
    }
    exchange.getResponseHeaders().set("location", "/");
    send(exchange, 303, "");
  }

  private static Map<String, String> read(String form) {
    Map<String, String> values = new HashMap<>();
    for (String pair : form.split("&")) {
      String[] parts = pair.split("=", 2);
      String value = parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8);
      if (!value.isEmpty()) values.put(URLDecoder.decode(parts[0], StandardCharsets.UTF_8), value);
    }
    return values;
  }

  private synchronized String page() throws Exception {
    StringBuilder page = new StringBuilder("<!doctype html><html lang=en><meta charset=utf-8><title>Hospital two</title><link rel=icon href='data:,'>"
        + "<style>label { display: inline-block; margin: 0 1em 0.5em 0 } th, td { text-align: left; padding-right: 1em }</style>"
        + "<h1>Hyderabad hospital</h1>");
    try (Database database = new DatabaseBuilder().withFile(file).withReadOnly(true).open()) {
      for (Map.Entry<String, List<String>> entry : COLUMNS.entrySet()) {
        page.append("<h2>").append(entry.getKey()).append("</h2><form method=post action='/").append(entry.getKey()).append("'>");
        for (String column : entry.getValue()) page.append("<label>").append(column).append(" <input name='").append(column).append("'></label> ");
        page.append("<button>Save</button></form><table><tr>");
        for (String column : entry.getValue()) page.append("<th>").append(column).append("</th>");
        page.append("</tr>");
        for (Row row : database.getTable(entry.getKey())) {
          page.append("<tr>");
          for (String column : entry.getValue()) page.append("<td>").append(escaped(row.get(column))).append("</td>");
          page.append("</tr>");
        }
        page.append("</table>");
      }
    }
    return page.toString();
  }

  private static String escaped(Object value) {
    return value == null ? "" : value.toString().replace("&", "&#38;").replace("<", "&#60;").replace(">", "&#62;");
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", "text/html; charset=utf-8");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
