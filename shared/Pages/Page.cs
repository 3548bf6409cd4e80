using Microsoft.AspNetCore.Components;

namespace SchoolSignal.Pages;

/// <summary>A whole page: its model comes from a function, its frame from <see cref="PageRenderer"/>.</summary>
public abstract class Page<TModel> : ComponentBase
{
    [Parameter, EditorRequired] public required TModel Model { get; set; }

    [CascadingParameter] public required PageFrame Frame { get; set; }
}
