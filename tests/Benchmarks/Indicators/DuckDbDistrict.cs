using System.Globalization;
using DuckDB.NET.Data;
using SchoolSignal.Benchmarks.Generation;
using SchoolSignal.Benchmarks.Measuring;
using SchoolSignal.Domain.Attendance;

namespace SchoolSignal.Benchmarks.Indicators;

/// <summary>A district in an in-memory DuckDB and its indicators by SQL: the rival of the register engine, and a second
/// opinion on every number it computes.</summary>
public sealed class DuckDbDistrict : IDisposable
{
    private readonly DuckDBConnection connection = new("Data Source=:memory:");

    public DuckDbDistrict()
    {
        connection.Open();
        Execute(Sql.Read("raw.sql"));
    }

    /// <summary>Appends the schools and puts day rows together.</summary>
    public void Load(IEnumerable<SyntheticSchool> schools)
    {
        using (var schoolRows = connection.CreateAppender("school"))
        using (var calendarRows = connection.CreateAppender("calendar"))
        using (var enrolmentRows = connection.CreateAppender("enrolment"))
        using (var markRows = connection.CreateAppender("mark"))
            foreach (var (number, register) in schools)
            {
                schoolRows.CreateRow().AppendValue(number).AppendValue((byte)register.Scheme).EndRow();
                foreach (var date in register.Days.Dates) calendarRows.CreateRow().AppendValue(number).AppendValue(date).EndRow();
                foreach (var block in register.Blocks)
                    for (var slot = 0; slot < RegisterBlock.Width; slot++)
                    {
                        if (block.Slots[slot] is not { } pupil) continue;
                        var id = SyntheticSchool.PupilOf(pupil.Student);
                        foreach (var span in pupil.Spans)
                            enrolmentRows.CreateRow().AppendValue(id).AppendValue(number).AppendValue(span.Entry).AppendValue(span.Exit).EndRow();
                        AppendMarks(markRows, id, number, register, block, slot);
                    }
            }

        Execute(Sql.Read("day_rows.sql"));
        Execute(Sql.Read("indicators.sql"));
    }

    private static void AppendMarks(DuckDBAppender rows, int pupil, int school, SchoolYearRegister register, RegisterBlock block, int slot)
    {
        var sessions = register.SessionsPerDay;
        for (var day = 0; day < register.Days.Count; day++)
        {
            var first = (day * sessions * RegisterBlock.Width) + slot;
            byte am = block.Marks[first];
            byte? pm = sessions == 2 ? block.Marks[first + RegisterBlock.Width] : null;
            if (am == 0 && pm is null or 0) continue;
            rows.CreateRow().AppendValue(pupil).AppendValue(school).AppendValue(register.Days[day]).AppendValue(am).AppendValue(pm).EndRow();
        }
    }

    /// <summary>Computes every indicator of every pupil into the table <c>result</c>; nothing is read back.</summary>
    public void ComputeIndicators(DateOnly asOf, bool leaveExceptionalOut = false) => Execute(
        $"CREATE OR REPLACE TABLE result AS FROM pupil_indicators(DATE '{asOf:yyyy-MM-dd}', {(leaveExceptionalOut ? "true" : "false")})");

    /// <summary>What <see cref="ComputeIndicators"/> left, by pupil, under the names of the indicator catalogue.</summary>
    public IReadOnlyList<SqlIndicators> ReadIndicators()
    {
        using var command = connection.CreateCommand();
        command.CommandText = "FROM result ORDER BY pupil";
        using var reader = command.ExecuteReader();
        var columns = Enumerable.Range(1, reader.FieldCount - 1).ToDictionary(reader.GetName, column => column - 1, StringComparer.Ordinal);
        List<SqlIndicators> all = [];
        while (reader.Read())
        {
            var values = new double?[columns.Count];
            for (var i = 0; i < values.Length; i++)
                values[i] = reader.IsDBNull(i + 1) ? null : Convert.ToDouble(reader.GetValue(i + 1), CultureInfo.InvariantCulture);
            all.Add(new SqlIndicators(reader.GetInt32(0), columns, values));
        }

        return all;
    }

    public long Count(string table)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM {table}";
        return (long)command.ExecuteScalar()!;
    }

    public void Execute(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public void Dispose() => connection.Dispose();
}
