using System.Buffers.Text;
using SchoolSignal.Benchmarks.Generation;

namespace SchoolSignal.Benchmarks.Import;

/// <summary>Writes the register files: by date, school and pupil, the same bytes on every run.</summary>
public static class FeedFile
{
    /// <summary>One row in so many names a pupil nobody knows, the next a code nobody mapped, the next a Saturday.</summary>
    private const int FaultEvery = 10_007;

    private static readonly byte[][] Absences = ["E"u8.ToArray(), "U"u8.ToArray(), "T"u8.ToArray()];

    /// <summary>The file's path; written only if it is not there yet.</summary>
    public static string Ensure(string folder, ImportShape shape)
    {
        var path = Path.Combine(folder, $"register-{shape.Name}.csv");
        if (File.Exists(path)) return path;
        var partial = path + ".partial";
        using (var file = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20)) Write(file, shape);
        File.Move(partial, path);
        return path;
    }

    private static void Write(Stream file, ImportShape shape)
    {
        var random = new SplitMix64(42);
        Span<byte> line = stackalloc byte[64];
        file.Write("date,schoolId,studentUniqueId,session,code\n"u8);
        long row = 0;
        for (var day = ImportShape.HistoryDays; day < ImportShape.HistoryDays + shape.Days; day++)
            for (var school = 0; school < shape.Schools; school++)
                for (var pupil = school; pupil < shape.Pupils; pupil += shape.Schools)
                {
                    var fault = row++ % FaultEvery;
                    var length = Date(line, fault == 3 ? SaturdayAfter(ImportShape.Calendar[day]) : ImportShape.Calendar[day]);
                    line[length++] = (byte)',';
                    length += Number(line[length..], 1_001 + school);
                    line[length++] = (byte)',';
                    length += Number(line[length..], 1_000_000 + pupil + (fault == 1 ? 5_000_000 : 0));
                    ",DAY,"u8.CopyTo(line[length..]);
                    length += 5;
                    line[length++] = fault == 2 ? (byte)'?' : random.Below(100) < 8 ? Absences[random.Below(Absences.Length)][0] : (byte)'P';
                    line[length++] = (byte)'\n';
                    file.Write(line[..length]);
                }
    }

    private static DateOnly SaturdayAfter(DateOnly date) => date.AddDays(6 - (int)date.DayOfWeek);

    private static int Date(Span<byte> to, DateOnly date)
    {
        Utf8Formatter.TryFormat(date.ToDateTime(default), to, out _, 'O');
        return 10;
    }

    private static int Number(Span<byte> to, int value)
    {
        Utf8Formatter.TryFormat(value, to, out var written);
        return written;
    }
}
