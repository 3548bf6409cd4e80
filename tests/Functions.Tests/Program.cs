using SchoolSignal.Functions.Tests;
using SchoolSignal.Functions.Tests.Attendance;
using SchoolSignal.Functions.Tests.Notifications;

await using var store = await StoreSwitch.StartAsync(args);
return args switch
{
    [nameof(KilledImportTests), var folder, var run] => await KilledImportTests.WorkAsync(folder, run),
    [nameof(KilledDelivery), var folder, var boundary] => await KilledDelivery.RunAsync(folder, boundary),
    [nameof(SendingProcess), .. var how] => await SendingProcess.RunAsync(how),
    _ => await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
};
