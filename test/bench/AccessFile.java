import io.github.spannm.jackcess.*;
import java.io.File;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.time.LocalDateTime;
import java.util.*;

/**
 * Writes what `npm run bench -- access` reads: a patient table of so many rows, and the same file a day later, in which one row in
 * a hundred is changed, one gone and one new. What a row holds follows from its number. All of it is invented.
 */
public class AccessFile {
  private static final String[] NAMES = {"Aqib", "Sana", "Imran", "Farzana", "Bilal", "Nadia", "Usman", "Hina"};
  private static final String[] URDU = {"عاقب", "ثناء", "عمران", "فرزانہ", "بلال", "نادیہ", "عثمان", "حنا"};
  private static final String[] FAMILIES = {"Shaikh", "Memon", "Qureshi", "Baloch", "Soomro", "Khan", "Ansari"};
  private static final String[] URDU_FAMILIES = {"شیخ", "میمن", "قریشی", "بلوچ", "سومرو", "خان", "انصاری"};
  private static final String[] CITIES = {"Mirpurkhas", "Hyderabad", "Karachi", "Sukkur", "Tando Adam"};

  public static void main(String[] arguments) throws Exception {
    File first = new File(arguments[0]);
    File later = new File(arguments[1]);
    int rows = Integer.parseInt(arguments[2]);
    create(first);
    insert(first, 1, rows);
    Files.copy(first.toPath(), later.toPath());
    change(later);
    insert(later, rows + 1, rows / 100);
  }

  private static void create(File file) throws Exception {
    try (Database database = DatabaseBuilder.create(Database.FileFormat.V2010, file)) {
      TableBuilder table = DatabaseBuilder.newTable("Patients").addColumn(new ColumnBuilder("Number", DataType.LONG));
      for (String column : List.of("RecordNumber:20", "NameLatin:60", "NameUrdu:60", "FatherName:60", "Sex:1", "NationalId:15",
          "Phone:20", "Address:120", "City:40")) {
        String[] parts = column.split(":");
        table.addColumn(new ColumnBuilder(parts[0], DataType.TEXT).withLengthInUnits(Integer.parseInt(parts[1])));
      }
      table.addColumn(new ColumnBuilder("Born", DataType.SHORT_DATE_TIME))
        .addColumn(new ColumnBuilder("Registered", DataType.SHORT_DATE_TIME))
        .addColumn(new ColumnBuilder("LastVisit", DataType.SHORT_DATE_TIME))
        .addColumn(new ColumnBuilder("Visits", DataType.INT))
        .addColumn(new ColumnBuilder("Weight", DataType.DOUBLE))
        .addColumn(new ColumnBuilder("Balance", DataType.MONEY))
        .addColumn(new ColumnBuilder("Paid", DataType.MONEY))
        .addColumn(new ColumnBuilder("Insured", DataType.BOOLEAN))
        .addColumn(new ColumnBuilder("Remark", DataType.MEMO))
        .addIndex(new IndexBuilder(IndexBuilder.PRIMARY_KEY_NAME).withColumns("Number").withPrimaryKey())
        .toTable(database);
    }
  }

  private static void insert(File file, int first, int count) throws Exception {
    try (Database database = opened(file)) {
      Table patients = database.getTable("Patients");
      List<Object[]> rows = new ArrayList<>();
      for (int number = first; number < first + count; number++) {
        rows.add(row(number));
        if (rows.size() == 1000) {
          patients.addRows(rows);
          rows.clear();
        }
      }
      patients.addRows(rows);
    }
  }

  private static Object[] row(int n) {
    int[] pick = {n % NAMES.length, n / 8 % FAMILIES.length, n / 3 % NAMES.length, n / 5 % CITIES.length};
    LocalDateTime born = LocalDateTime.of(1930, 1, 1, 0, 0).plusDays(n * 7919L % 33_000);
    LocalDateTime registered = LocalDateTime.of(2012, 3, 1, 8, 0).plusMinutes(n * 31L % 6_000_000);
    return new Object[] {
      n,
      String.format("MPK-%07d", n),
      NAMES[pick[0]] + " " + FAMILIES[pick[1]],
      URDU[pick[0]] + " " + URDU_FAMILIES[pick[1]],
      NAMES[pick[2]] + " " + FAMILIES[pick[1]],
      n % 2 == 0 ? "M" : "F",
      String.format("44103-%07d-%d", n, n % 10),
      String.format("+92-300-555%04d", n % 10_000),
      "House " + n % 900 + ", Street " + n % 41 + ", Block " + (char) ('A' + n % 9),
      CITIES[pick[3]],
      born,
      registered,
      n % 3 == 0 ? null : registered.plusDays(n % 900),
      (short) (n % 60),
      3 + n % 1000 / 10.0,
      BigDecimal.valueOf((n * 104_729L % 9_000_000) - 2_000_000, 4),
      BigDecimal.valueOf(n * 15_485_863L % 90_000_000, 2),
      n % 4 != 0,
      n % 10 == 0 ? "Came with fever. Asked to come again in a week. ".repeat(1 + n / 10 % 5) + n : null,
    };
  }

  private static void change(File file) throws Exception {
    try (Database database = opened(file)) {
      for (Row row : database.getTable("Patients")) {
        int number = row.getInt("Number");
        if (number % 100 == 50) database.getTable("Patients").deleteRow(row);
        if (number % 100 != 0) continue;
        row.put("Balance", row.getBigDecimal("Balance").add(BigDecimal.TEN));
        row.put("City", "Nawabshah");
        database.getTable("Patients").updateRow(row);
      }
    }
  }

  private static Database opened(File file) throws Exception {
    return new DatabaseBuilder().withFile(file).withAutoSync(false).open();
  }
}
