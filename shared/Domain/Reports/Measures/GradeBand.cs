namespace SchoolSignal.Domain.Reports.Measures;

/// <summary>Grades put together, so that a school's numbers are not cut into single classes.</summary>
public enum GradeBand
{
    /// <summary>The roster names no grade, or one that holds no number.</summary>
    NotStated,
    /// <summary>Up to grade 5, kindergarten and reception included.</summary>
    ToGrade5,
    Grades6To8,
    /// <summary>Grade 9 and above.</summary>
    FromGrade9,
}

/// <summary>Reads a grade as rosters write it.</summary>
public static class GradeBands
{
    private static readonly string[] BeforeGrade1 = ["k", "pk", "kg", "tk", "r", "reception", "kindergarten", "nursery", "preschool"];

    /// <summary>"7", "Year 7", "Grade 10", "07", "K", "小3", "中1" (which is grade 7), "高2" (grade 11).</summary>
    public static GradeBand Of(string? grade)
    {
        var text = (grade ?? "").Trim().ToLowerInvariant();
        if (text.Length == 0) return GradeBand.NotStated;
        if (BeforeGrade1.Contains(text)) return GradeBand.ToGrade5;
        var first = text.AsSpan().IndexOfAnyInRange('0', '9');
        if (first < 0) return WideDigit(text);
        var number = 0;
        for (var at = first; at < text.Length && char.IsAsciiDigit(text[at]) && number < 100; at++) number = (number * 10) + (text[at] - '0');
        return Band(number + Before(text));
    }

    /// <summary>"小３" with a full-width digit.</summary>
    private static GradeBand WideDigit(string text)
    {
        foreach (var c in text)
            if (c is >= '０' and <= '９') return Band(c - '０' + Before(text));
        return GradeBand.NotStated;
    }

    /// <summary>Japan counts anew in each kind of school.</summary>
    private static int Before(string text) => text.Contains('中', StringComparison.Ordinal) ? 6 : text.Contains('高', StringComparison.Ordinal) ? 9 : 0;

    private static GradeBand Band(int grade) => grade <= 5 ? GradeBand.ToGrade5 : grade <= 8 ? GradeBand.Grades6To8 : GradeBand.FromGrade9;
}
