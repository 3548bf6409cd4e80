namespace SchoolSignal.Domain.Demo;

/// <summary>Names as common as their bearers' origins are varied; any likeness to a real pupil is chance.</summary>
internal static class DemoNames
{
    private static readonly string[] Given =
    [
        "Amelia", "Noah", "Isla", "Oliver", "Freya", "Leo", "Grace", "Arthur", "Ruby", "Jack", "Alice", "Harry", "Elsie", "Samuel",
        "Haruto", "Yui", "Sota", "Hina", "Ren", "Aoi", "Yuma", "Mei", "Riku", "Sakura", "Daiki", "Kaho", "Kenta", "Nanami",
        "Aisha", "Omar", "Zainab", "Yusuf", "Priya", "Arjun", "Ananya", "Rohan", "Mateo", "Camila", "Diego", "Lucía", "Chloé", "Théo",
        "Kwame", "Amara", "Chidi", "Zola", "Nia", "Malik", "Destiny", "Jamal", "Wei", "Lin", "Minh", "Linh", "Jiwoo", "Minjun",
        "Zofia", "Jakub", "Oksana", "Danylo", "Eleni", "Siân",
    ];

    private static readonly string[] Family =
    [
        "Smith", "Jones", "Taylor", "Brown", "Walker", "Hughes", "Bennett", "Clarke", "Foster", "Reid", "Murray", "O'Connor", "Price",
        "Sato", "Suzuki", "Takahashi", "Tanaka", "Watanabe", "Ito", "Yamamoto", "Nakamura", "Kobayashi", "Kato", "Yoshida", "Matsumoto",
        "Khan", "Ahmed", "Hussain", "Patel", "Sharma", "Singh", "Iyer", "Garcia", "Martínez", "Rivera", "Santos", "Dubois", "Moreau",
        "Mensah", "Okafor", "Adeyemi", "Ndlovu", "Washington", "Jackson", "Robinson", "Chen", "Wang", "Nguyen", "Tran", "Kim", "Park",
        "Kowalska", "Nowak", "Shevchenko", "Papadopoulos", "Evans",
    ];

    public static (string Given, string Family) Of(long seed, int student)
    {
        var random = new DemoRandom((ulong)seed, DemoStreams.Name(student));
        return (Given[random.NextInt(Given.Length)], Family[random.NextInt(Family.Length)]);
    }
}

/// <summary>Which random stream is whose.</summary>
internal static class DemoStreams
{
    public static ulong Pupil(int student) => (ulong)student;

    public static ulong Name(int student) => (1UL << 32) + (ulong)student;

    public static ulong Roll(int student) => (2UL << 32) + (ulong)student;

    public static ulong Observation(int student) => (3UL << 32) + (ulong)student;

    public const ulong Snow = 4UL << 32;
}
