import io.github.spannm.jackcess.*;
import java.io.*;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.*;

/** Writes Access files as a hospital's program would. A command a line, its answer a line: `done` or `failed <why>`. */
public class AccessWriter {
  private static volatile boolean isWriting;
  private static volatile Exception writingFault;
  private static Thread writing;

  public static void main(String[] arguments) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String answer = "done";
      try {
        run(line.split("\t"));
      } catch (Exception fault) {
        answer = "failed " + fault;
      }
      System.out.println(answer);
      System.out.flush();
    }
  }

  private static void run(String[] words) throws Exception {
    switch (words[0]) {
      case "create" -> create(words[1], words[2], Integer.parseInt(words[3]));
      case "insert" -> insert(words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3]));
      case "rename" -> rename(words[1], Integer.parseInt(words[2]), words[3]);
      case "delete" -> delete(words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3]));
      case "column" -> addColumn(words[1], words[2]);
      case "write" -> begin(() -> writeAll(words[1]));
      case "pairs" -> createPairs(words[1], words[2], Integer.parseInt(words[3]));
      case "steps" -> begin(() -> takeSteps(words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3])));
      case "values" -> createValues(words[1], words[2], Integer.parseInt(words[3]));
      case "dump" -> dump(words[1], words[2]);
      case "rest" -> rest();
      case "finish" -> finish();
      default -> throw new IllegalArgumentException(words[0]);
    }
  }

  private static void create(String path, String format, int rows) throws Exception {
    try (Database database = DatabaseBuilder.create(Database.FileFormat.valueOf(format), new File(path))) {
      DatabaseBuilder.newTable("Persons")
        .addColumn(new ColumnBuilder("Number", DataType.LONG))
        .addColumn(new ColumnBuilder("Name", DataType.TEXT).withLengthInUnits(100))
        .addColumn(new ColumnBuilder("Born", DataType.SHORT_DATE_TIME))
        .addColumn(new ColumnBuilder("Owes", DataType.MONEY))
        .addColumn(new ColumnBuilder("Factor", DataType.FLOAT))
        .addColumn(new ColumnBuilder("Weight", DataType.DOUBLE))
        .addColumn(new ColumnBuilder("Remark", DataType.MEMO))
        .addColumn(new ColumnBuilder("Active", DataType.BOOLEAN))
        .addColumn(new ColumnBuilder("Mark", DataType.GUID))
        .addIndex(new IndexBuilder(IndexBuilder.PRIMARY_KEY_NAME).withColumns("Number").withPrimaryKey())
        .toTable(database);
    }
    insert(path, 1, rows);
  }

  /** Rows from `first` on; what they hold follows from their number. */
  private static void insert(String path, int first, int count) throws Exception {
    try (Database database = new DatabaseBuilder().withFile(new File(path)).withAutoSync(false).open()) {
      Table persons = database.getTable("Persons");
      List<Object[]> rows = new ArrayList<>();
      for (int number = first; number < first + count; number++) {
        rows.add(row(number));
        if (rows.size() == 1000) {
          persons.addRows(rows);
          rows.clear();
        }
      }
      persons.addRows(rows);
    }
  }

  private static Object[] row(int number) {
    LocalDateTime born = LocalDateTime.of(1899, 12, 30, 0, 0).plusHours((number - 2) * 18L);
    BigDecimal owes = new BigDecimal(number % 2 == 0 ? "-20.2500" : "99.9900");
    String mark = String.format("{00000000-0000-4000-8000-%012d}", number);
    return new Object[] {number, "Person " + number + " شخص", born, owes, 99.9f, number * 0.1, null, number % 3 != 0, mark};
  }

  private static void rename(String path, int number, String name) throws Exception {
    try (Database database = DatabaseBuilder.open(new File(path))) {
      Table persons = database.getTable("Persons");
      Row row = find(persons, number);
      row.put("Name", name);
      persons.updateRow(row);
    }
  }

  private static void delete(String path, int first, int count) throws Exception {
    try (Database database = DatabaseBuilder.open(new File(path))) {
      Table persons = database.getTable("Persons");
      for (int number = first; number < first + count; number++) persons.deleteRow(find(persons, number));
    }
  }

  private static void addColumn(String path, String name) throws Exception {
    try (Database database = DatabaseBuilder.open(new File(path))) {
      new ColumnBuilder(name, DataType.TEXT).withLengthInUnits(50).addToTable(database.getTable("Persons"));
    }
  }

  private static Row find(Table persons, int number) throws Exception {
    return CursorBuilder.findRow(persons, Map.of("Number", number));
  }

  /** So many columns that their definition takes several pages, and in the last ones what is stored exactly, at its edges and by chance. */
  private static void createValues(String path, String format, int rows) throws Exception {
    Random random = new Random(rows);
    try (Database database = DatabaseBuilder.create(Database.FileFormat.valueOf(format), new File(path))) {
      TableBuilder table = DatabaseBuilder.newTable("Values");
      for (int filler = 0; filler < 200; filler++) table.addColumn(new ColumnBuilder("Filler" + filler, DataType.BOOLEAN));
      Table values = table.addColumn(new ColumnBuilder("Amount", DataType.MONEY))
        .addColumn(new ColumnBuilder("Part", DataType.NUMERIC).withPrecision(28).withScale(6))
        .addColumn(new ColumnBuilder("Whole", DataType.NUMERIC).withPrecision(28).withScale(0))
        .addColumn(new ColumnBuilder("At", DataType.SHORT_DATE_TIME))
        .addColumn(new ColumnBuilder("Mark", DataType.GUID))
        .toTable(database);
      for (int row = 0; row < rows; row++) {
        Object[] cells = new Object[205];
        Arrays.fill(cells, false);
        cells[200] = new BigDecimal(pick(row, random, 63), 4);
        cells[201] = new BigDecimal(pick(row, random, 93).remainder(BigInteger.TEN.pow(28)), 6);
        cells[202] = new BigDecimal(pick(row, random, 93).remainder(BigInteger.TEN.pow(28)));
        cells[203] = LocalDateTime.of(100, 1, 1, 0, 0).plusSeconds((long) (random.nextDouble() * 312_413_760_000L));
        cells[204] = "{" + new UUID(random.nextLong(), random.nextLong()) + "}";
        values.addRow(cells);
      }
    }
  }

  /** Least, greatest, around nothing and around the point; then any of so many bits. */
  private static BigInteger pick(int row, Random random, int bits) {
    BigInteger least = BigInteger.TWO.pow(bits).negate();
    List<BigInteger> edges = new ArrayList<>(List.of(least, least.add(BigInteger.ONE), least.negate().subtract(BigInteger.ONE)));
    for (long near : new long[] {0, 1, 9_999, 10_000, 10_001, 255, 256, 0xffff_ffffL, 0x1_0000_0000L})
      edges.addAll(List.of(BigInteger.valueOf(near), BigInteger.valueOf(-near)));
    if (row < edges.size()) return edges.get(row);
    BigInteger any = new BigInteger(1 + random.nextInt(bits), random);
    return random.nextBoolean() ? any : any.negate();
  }

  /** All rows as this library reads them: a line a row, `column=value` in columns, the name of the table first. */
  private static void dump(String path, String target) throws Exception {
    try (PrintWriter out = new PrintWriter(target, StandardCharsets.UTF_8);
         Database database = new DatabaseBuilder().withFile(new File(path)).withReadOnly(true).open()) {
      for (String name : database.getTableNames()) {
        if (name.startsWith("MSys")) continue;
        Table table = database.getTable(name);
        for (Row row : table) {
          out.print(name);
          for (Column column : table.getColumns())
            if (column.getType() != DataType.COMPLEX_TYPE) out.print("\t" + column.getName() + "=" + textOf(column, row.get(column.getName())));
          out.print("\n");
        }
      }
    }
  }

  private static String textOf(Column column, Object value) {
    if (value == null) return "null";
    if (column.getType() == DataType.GUID) return encoded(value.toString().replaceAll("[{}]", "").toLowerCase());
    if (value instanceof byte[] bytes) return "bytes:" + Base64.getEncoder().encodeToString(bytes);
    if (value instanceof LocalDateTime time) return encoded(time.format(java.time.format.DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss")));
    if (value instanceof BigDecimal exact) return encoded(exact.toPlainString());
    if (value instanceof Byte unsigned) return String.valueOf(unsigned & 0xff);
    return value instanceof Number || value instanceof Boolean ? value.toString().replaceAll("\\.0$", "") : encoded(value.toString());
  }

  private static String encoded(String text) {
    return "text:" + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private interface Work {
    void run() throws Exception;
  }

  private static void begin(Work work) {
    isWriting = true;
    writing = new Thread(() -> {
      try {
        work.run();
      } catch (Exception fault) {
        writingFault = fault;
      }
    });
    writing.setDaemon(true);
    writing.start();
  }

  private static void rest() throws Exception {
    isWriting = false;
    finish();
  }

  private static void finish() throws Exception {
    writing.join();
    if (writingFault != null) throw writingFault;
  }

  /** Changes every row again and again, page by page, as long as it is not told to rest. */
  private static void writeAll(String path) throws Exception {
    try (Database database = DatabaseBuilder.open(new File(path))) {
      for (int round = 1; isWriting; round++) {
        for (Row row : database.getTable("Persons")) {
          row.put("Remark", "round " + round);
          database.getTable("Persons").updateRow(row);
          if (!isWriting) break;
        }
      }
    }
  }

  /** Two tables that agree: `rows` rows each. */
  private static void createPairs(String path, String format, int rows) throws Exception {
    try (Database database = DatabaseBuilder.create(Database.FileFormat.valueOf(format), new File(path))) {
      for (String name : List.of("Persons", "Visits")) {
        DatabaseBuilder.newTable(name)
          .addColumn(new ColumnBuilder("Number", DataType.LONG))
          .addColumn(new ColumnBuilder("Remark", DataType.TEXT).withLengthInUnits(200))
          .addIndex(new IndexBuilder(IndexBuilder.PRIMARY_KEY_NAME).withColumns("Number").withPrimaryKey())
          .toTable(database);
        for (int number = 1; number <= rows; number++) database.getTable(name).addRow(number, "step 0");
      }
    }
  }

  /**
   * Step n of a person: row n mod 40 + 1 says so, at length or in short; every third makes a row 1000 + n, and the one after it takes away
   * what was made 30 steps before. Then the same of the visit. Now and then it stops in the middle, as people do; a lock file
   * stands beside the file until the last step, as Access leaves one.
   */
  private static void takeSteps(String path, int first, int count) throws Exception {
    File lock = new File(path.replaceAll("accdb$", "laccdb").replaceAll("mdb$", "ldb"));
    Random random = new Random(first);
    lock.createNewFile();
    try (Database database = new DatabaseBuilder().withFile(new File(path)).withAutoSync(false).open()) {
      for (int step = first; step < first + count; step++) {
        for (String name : List.of("Persons", "Visits")) {
          Table table = database.getTable(name);
          Row row = find(table, step % 40 + 1);
          row.put("Remark", "step " + step + " again".repeat(step % 5 * 6));
          table.updateRow(row);
          pause(random);
          if (step % 3 == 0) table.addRow(1000 + step, "made");
          if (step % 3 == 1 && step > 31) table.deleteRow(find(table, 1000 + step - 31));
          pause(random);
        }
      }
    } finally {
      lock.delete();
    }
  }

  private static void pause(Random random) throws Exception {
    if (random.nextInt(40) == 0) Thread.sleep(random.nextInt(700));
  }
}
