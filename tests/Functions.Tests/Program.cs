using SchoolSignal.Functions.Tests;
using SchoolSignal.Functions.Tests.Attendance;

return args is [nameof(KilledImportTests), ..]
    ? await KilledImportTests.WorkAsync(args[1], args[2])
    : await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
