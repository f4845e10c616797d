import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Reads a published schema as BI tools on JDBC (Metabase, Tableau, DBeaver) do, and tries to write to it. By hand:
 *
 * <pre>
 * java -cp postgresql-42.7.4.jar examples/bi/Periksa.java 'jdbc:postgresql://db/desa?user=pembaca'
 * java -cp duckdb_jdbc-1.1.3.jar examples/bi/Periksa.java jdbc:duckdb:desa/data/current/warehouse.duckdb
 * </pre>
 */
public class Periksa {
    public static void main(String[] args) throws SQLException {
        boolean duck = args[0].startsWith("jdbc:duckdb:");
        String schema = duck ? "main" : "lumbung";
        java.util.Properties properties = new java.util.Properties();
        if (duck) {
            properties.setProperty("duckdb.read_only", "true");
        }
        try (Connection connection = DriverManager.getConnection(args[0], properties)) {
            DatabaseMetaData meta = connection.getMetaData();
            System.out.println(meta.getDatabaseProductName() + " " + meta.getDatabaseProductVersion() + ", " + meta.getDriverVersion());
            try (ResultSet tables = meta.getTables(null, schema, "mart\\_%", null)) {
                while (tables.next()) {
                    System.out.println(tables.getString("TABLE_NAME") + ": " + tables.getString("REMARKS"));
                }
            }
            try (ResultSet columns = meta.getColumns(null, schema, "mart_tren_status", "jumlah")) {
                while (columns.next()) {
                    System.out.println("jumlah " + columns.getString("TYPE_NAME") + ": " + columns.getString("REMARKS"));
                }
            }
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT tahun, jumlah FROM " + schema
                            + ".mart_tren_status WHERE kode_wilayah = '64.02' AND status = 'TERTINGGAL' ORDER BY tahun")) {
                while (rows.next()) {
                    System.out.println(rows.getInt(1) + " " + rows.getLong(2));
                }
            }
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("UPDATE " + schema + ".mart_tren_status SET jumlah = 0");
                throw new IllegalStateException("the connection may write");
            } catch (SQLException refused) {
                System.out.println("refused: " + refused.getMessage());
            }
        }
    }
}
